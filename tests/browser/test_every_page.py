"""What holds on every page for people: it fits, it is silent, it fetches nothing from elsewhere, it needs no script."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from publisher.sandbox.serve import Sandbox
from tests.browser.visits import DESKTOP, PAGES, PHONE, REFUSED, SMALLEST, address, log, resize, show

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

# What reaches beyond the window, or beyond the post it stands in. A strip of pictures is scrolled, and may; so may the
# space at the end of a line within words, which is why these are asked themselves.
_BEYOND = """
const beyond = (inner, outer) => inner.right > outer.right + 1 || inner.left < outer.left - 1;
const found = [];
if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push('the page');
for (const box of document.querySelectorAll('main, .main'))
  for (const node of box.querySelectorAll(':not(.strip, .strip *, svg *, .unseen, input, .medium *, .words *)'))
    if (node.getClientRects().length && beyond(node.getBoundingClientRect(), box.getBoundingClientRect()))
      found.push(`${node.tagName}.${node.className}: ${node.textContent.slice(0, 40)}`);
for (const box of document.querySelectorAll('.words, h1:not(.unseen), .person'))
  if (box.scrollWidth > box.clientWidth) found.push(box.textContent.slice(0, 40));
return found;
"""
_MOVING = """
return [...document.querySelectorAll('*')].filter(node => {
  const style = getComputedStyle(node);
  return style.transitionDuration !== '0s' || style.animationName !== 'none' || style.scrollBehavior !== 'auto';
}).map(node => `${node.tagName}.${node.className}`);
"""


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_the_screen(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery))
    beyond = {}
    # The smallest is what is left of a window of 640 when everything is enlarged to twice its size.
    for width, scale in ((DESKTOP, 1), (PHONE, 2), (SMALLEST, 2)):
        resize(browser, width, scale)
        beyond[width] = browser.execute_script(_BEYOND)
    assert beyond == {DESKTOP: [], PHONE: [], SMALLEST: []}


@pytest.mark.parametrize("page", PAGES)
def test_letters_of_twice_the_size_fit_and_are_that_large(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery), PHONE)
    size = "return parseFloat(getComputedStyle(document.body).fontSize)"
    before = browser.execute_script(size)
    browser.execute_script("document.documentElement.style.fontSize = '200%'")
    assert browser.execute_script(size) == 2 * before
    assert browser.execute_script(_BEYOND) == []


@pytest.mark.parametrize("page", PAGES)
def test_the_console_stays_silent(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery))
    said = [entry["message"] for entry in log(browser, "browser")]
    if page in REFUSED:
        # What Chromium says of the answer's own status, 404 or 400.
        said = [words for words in said if "the server responded with a status of" not in words]
    assert said == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_fetched_from_anywhere_else(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery))
    events = [json.loads(entry["message"])["message"] for entry in log(browser, "performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert address(page, gallery) in asked
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert hosts == {urlsplit(gallery.threads_api).netloc}


@pytest.mark.parametrize("page", PAGES)
def test_it_is_read_without_a_script(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery))
    with_scripts = browser.find_element("css selector", "body").text
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.refresh()
        assert browser.find_element("css selector", "body").text == with_scripts
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert browser.execute_script("return document.scripts.length") == 0


@pytest.mark.parametrize("page", PAGES)
def test_who_wants_no_motion_sees_none(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery), features={"prefers-reduced-motion": "reduce"})
    assert browser.execute_script(_MOVING) == []


def test_who_does_not_mind_motion_sees_a_veil_lift_softly(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, address("post: veiled carousel", gallery), features={"prefers-reduced-motion": "no-preference"})
    assert "IMG." in browser.execute_script(_MOVING)
