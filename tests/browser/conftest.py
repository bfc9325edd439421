"""One Chromium for the browser tests, and one sandbox with a full feed; where Chromium is missing, the tests skip."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.sandbox.serve import Sandbox
from tests.browser.gallery import fill

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_MISSING = "Chromium and its driver are not installed: apt-get install chromium chromium-driver"
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # CI runs as root, where Chromium's own sandbox cannot
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--lang=en",
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Chrome]":
    """A headless Chromium with a profile of its own, which keeps what the console says and what was fetched."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip(_MISSING)
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = binary
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    profile: Path = tmp_path_factory.mktemp("chromium")
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    chrome = Chrome(options=options, service=ChromeService(driver))
    chrome.set_page_load_timeout(30)
    yield chrome
    chrome.quit()


@pytest.fixture(scope="session")
def gallery() -> Iterator[Sandbox]:
    """A served sandbox whose feed has one of everything. Look, do not touch: tests share it."""
    with Sandbox() as sandbox:
        fill(sandbox)
        yield sandbox
