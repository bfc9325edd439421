"""The pages by keyboard alone: past the head, through everything, in and out of what is covered."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from publisher.sandbox.serve import Sandbox
from tests.browser.visits import address, permalink, show

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

TAB, ENTER, SPACE, RIGHT, DOWN = "\ue004", "\ue007", " ", "\ue014", "\ue015"  # as WebDriver has them
# What has the focus: its name, the width of its ring in pixels, whether it is within the window. What is covered or
# chosen has its ring around its label, or around the button within that, where nothing may cut it off.
_FOCUS = """
const on = document.activeElement, label = on.closest('label') ?? on;
const width = node => {
  const style = getComputedStyle(node);
  return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
};
const ring = [on, label, label.querySelector(':scope > span')].find(node => node && width(node)) ?? on;
const frame = ring.closest('.medium')?.getBoundingClientRect(), edge = ring.getBoundingClientRect();
const cut = ring !== on && frame && (edge.left < frame.left + 2 || edge.right > frame.right - 2);
const place = label.getBoundingClientRect();
return [on.tagName, cut ? 0 : width(ring), place.bottom > 0 && place.top < innerHeight && place.width > 1];
"""


def press(browser: "Chrome", key: str) -> None:
    """To whatever has the focus."""
    browser.switch_to.active_element.send_keys(key)


def test_alt_text_opens_by_keyboard(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, gallery.feed)
    summary = browser.find_element("css selector", ".alt summary")
    text = browser.find_element("css selector", ".alt p")
    assert not text.is_displayed()
    summary.send_keys(ENTER)
    assert text.is_displayed()
    assert text.text.startswith("The sun comes up")


def test_a_spoiler_opens_and_closes_by_keyboard(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "The killer"))
    words = browser.find_element("css selector", ".spoiler > span")
    assert not words.is_displayed()
    for shown in (True, False):
        browser.find_element("css selector", ".spoiler > input").send_keys(SPACE)
        assert words.is_displayed() is shown


def test_a_carousel_moves_with_the_arrow_keys(browser: "Chrome", gallery: Sandbox) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    show(browser, permalink(gallery, "Every shade"))
    strip = browser.find_element("css selector", ".strip")
    strip.send_keys(RIGHT)
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script("return arguments[0].scrollLeft", strip) > 0)


@pytest.mark.parametrize("page", ["feed", "post: veiled carousel", "post: chain", "consent", "missing post"])
def test_what_has_the_focus_shows_it(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery))
    passed = 0
    for _ in range(60):
        press(browser, TAB)
        name, width, seen = browser.execute_script(_FOCUS)
        if name == "BODY":
            break  # once around
        passed += 1
        # A player's buttons are the browser's own, and so are their outlines.
        assert name == "VIDEO" or width >= 2
        assert seen
    assert passed >= 2


@pytest.mark.parametrize("page", ["feed", "post: chain", "consent", "missing post"])
def test_the_first_stop_leads_past_the_head(browser: "Chrome", gallery: Sandbox, page: str) -> None:
    show(browser, address(page, gallery))
    press(browser, TAB)
    link = browser.switch_to.active_element
    assert link.text == "Skip to the content"
    press(browser, ENTER)
    assert browser.switch_to.active_element.tag_name == "main"
    assert not browser.execute_script("return document.elementFromPoint(innerWidth / 2, 20).matches('.skip')")
    press(browser, TAB)
    assert browser.execute_script("return document.activeElement.closest('main') !== null")


def test_a_veil_lifts_from_a_picture_and_falls_again_by_keyboard(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "Do not look"), features={"prefers-reduced-motion": "reduce"})
    picture = browser.find_element("css selector", ".veiled img")
    browser.execute_script("document.querySelector('.veil > input').focus()")
    for filtered in (False, True):
        press(browser, SPACE)
        assert ("blur" in picture.value_of_css_property("filter")) is filtered


def test_a_hidden_reply_opens_by_keyboard(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, address("post: chain", gallery))
    reply = browser.find_element("css selector", ".hidden")
    assert "Buy my course" not in reply.text
    reply.find_element("css selector", "summary").send_keys(ENTER)
    assert "Buy my course" in reply.text


def test_access_is_given_by_keyboard_alone(browser: "Chrome", gallery: Sandbox) -> None:
    wish = {"client_id": "1", "redirect_uri": gallery.feed, "response_type": "code", "scope": "threads_basic"}
    show(browser, f"{gallery.threads_api}/oauth/authorize?{urlencode(wish)}")
    browser.execute_script("document.querySelector('[name=user_id]').focus()")
    press(browser, DOWN)
    while browser.switch_to.active_element.text != "Allow":
        press(browser, TAB)
    press(browser, ENTER)
    assert browser.current_url.startswith(gallery.feed)
    (code,) = parse_qs(urlsplit(browser.current_url).query)["code"]
    person = gallery.world.data.accounts[gallery.world.data.codes[code].user_id]
    assert person.username == "mira.codes"
