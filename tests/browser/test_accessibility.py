"""Every page, in both schemes, before axe-core, which may find nothing; its locked release is in package.json.

What it leaves open (words on pictures) is reckoned in test_feed_page.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from publisher.sandbox.serve import Sandbox
from tests.browser.visits import DESKTOP, PAGES, PHONE, SCHEMES, address, permalink, prefer, show

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(done, error => done({error: String(error)}));
"""


@cache
def _axe() -> str:
    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: make axe ({AXE.relative_to(AXE.parents[4])})")
    return AXE.read_text("utf-8")


def faults(browser: "Chrome") -> list[str]:
    """What axe-core finds on the page that is open, of whatever weight: "serious, image-alt: <img…"."""
    browser.execute_script(_axe())
    answer: dict[str, Any] = browser.execute_async_script(_RUN)
    assert "error" not in answer, answer
    return [
        f"{fault['impact']}, {fault['id']}: {node['html'][:120]}"
        for fault in answer["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_no_fault(browser: "Chrome", gallery: Sandbox, page: str, width: int) -> None:
    show(browser, address(page, gallery), width)
    found = {}
    for scheme in SCHEMES:
        prefer(browser, {"prefers-color-scheme": scheme})
        found[scheme] = faults(browser)
    assert found == {scheme: [] for scheme in SCHEMES}


def test_axe_finds_no_fault_in_what_opens(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, gallery.feed)
    for box in browser.find_elements("css selector", "details > summary, .veil, .spoiler, .more"):
        browser.execute_script("arguments[0].click()", box)
    assert faults(browser) == []


def test_axe_sees_what_is_wrong(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "Good morning"))
    browser.execute_script("document.images[0].removeAttribute('alt'); document.body.style.color = '#ccc'")
    found = {fault.split(":")[0] for fault in faults(browser)}
    assert found >= {"critical, image-alt", "serious, color-contrast"}
