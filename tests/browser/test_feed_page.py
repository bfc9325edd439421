"""The feed page in a real browser: it fits, it can be read, it opens without script, and nothing hostile runs."""

from typing import TYPE_CHECKING

import pytest

from publisher.sandbox.serve import Sandbox
from tests.browser.contrast import contrast, luminance, ratio, rgba
from tests.browser.visits import SCHEMES, permalink, prefer, show

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

# What is written in each colour the page has, on whatever it stands.
WRITTEN = (
    *(
        ".notice",
        ".by b",
        ".when",
        ".words",
        ".words a",
        ".named",
        ".note",
        ".count",
        ".alt summary",
        ".number",
        ".via",
    ),
    *(".card b", ".card small", ".gif span", ".gone", ".kind", ".more span", "mark", ".poll span", ".poll b"),
    *(".poll small", ".veil > span", ".profile p"),
)


def test_every_picture_is_there_and_has_an_alt(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, gallery.feed)
    pictures = browser.execute_script(
        "return [...document.images].map(i => [i.complete && i.naturalWidth > 0, i.hasAttribute('alt')])"
    )
    assert len(pictures) == 20 + 2 + 2
    assert all(loaded and described for loaded, described in pictures)


def test_text_that_looks_like_markup_is_only_text(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "<script>"))
    assert "owned" not in browser.title.replace("document.title='owned'", "")
    assert "<script>document.title='owned'</script>" in browser.find_element("css selector", ".words").text
    assert "{{ 7*7 }}" in browser.page_source
    assert browser.execute_script("return document.scripts.length") == 0
    hrefs = browser.execute_script("return [...document.links].map(link => link.protocol)")
    assert set(hrefs) <= {"http:", "https:"}


def test_a_script_that_got_in_would_not_run(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, gallery.feed)
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
    )
    assert browser.execute_script("return window.ran") is None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_stand_out_from_what_they_stand_on(browser: "Chrome", gallery: Sandbox, scheme: str) -> None:
    show(browser, gallery.feed, scheme=scheme)
    too_faint = {name: found for name in WRITTEN if (found := contrast(browser, name)) < 4.5}
    assert not too_faint


def test_dark_is_dark_and_light_is_light(browser: "Chrome", gallery: Sandbox) -> None:
    grounds = {}
    for scheme in SCHEMES:
        show(browser, gallery.feed, scheme=scheme)
        paper = "return getComputedStyle(document.querySelector('main')).backgroundColor"
        grounds[scheme] = luminance(rgba(browser.execute_script(paper)))
    assert grounds["dark"] < 0.05
    assert grounds["light"] > 0.8


def test_a_veil_lifts_from_a_picture_on_a_click(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "Do not look"))
    picture = browser.find_element("css selector", ".veiled img")
    assert "blur" in picture.value_of_css_property("filter")
    assert not browser.find_element("css selector", ".alt").is_displayed()
    prefer(browser, {"prefers-reduced-motion": "reduce"})
    browser.find_element("css selector", ".veil").click()
    assert picture.value_of_css_property("filter") == "none"
    assert browser.find_element("css selector", ".alt").is_displayed()


def test_a_long_attached_text_opens_whole(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "The long story"))
    cut = "const box = document.querySelector('.long'); return box.scrollHeight > box.clientHeight"
    assert browser.execute_script(cut) is True
    browser.find_element("css selector", ".more").click()
    assert browser.execute_script(cut) is False


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_stand_out_from_the_bars_of_a_poll(browser: "Chrome", gallery: Sandbox, scheme: str) -> None:
    show(browser, gallery.feed, scheme=scheme)
    pairs = browser.execute_script(
        "return [...document.querySelectorAll('.poll li')].map(li => "
        "[getComputedStyle(li.querySelector('span')).color, getComputedStyle(li.querySelector('svg')).fill])"
    )
    assert len({bar for _, bar in pairs}) == 2
    assert min(ratio(rgba(words), rgba(bar)) for words, bar in pairs) >= 4.5


def test_a_paragraph_begins_at_the_side_of_its_own_script(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "Two languages"))
    starts = browser.execute_script(
        "const text = document.querySelector('.words').firstChild, box = text.parentNode.getBoundingClientRect();"
        "return ['Two', 'שלום', 'That'].map(word => { const range = new Range(), at = text.data.indexOf(word);"
        "range.setStart(text, at); range.setEnd(text, at + word.length); const place = range.getBoundingClientRect();"
        "return [place.left - box.left, box.right - place.right]; })"
    )
    assert [side.index(min(side)) for side in starts] == [0, 1, 0]


def test_a_hidden_reply_and_its_pictures_stay_folded_away(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "How we stopped"))
    assert "Buy my course" not in browser.find_element("css selector", "main").text
    assert "This is great" in browser.find_element("css selector", "main").text


def test_a_quoted_secret_stays_veiled(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "I looked."))
    assert "blur" in browser.find_element("css selector", ".quote img").value_of_css_property("filter")
