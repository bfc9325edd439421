"""The feed page in a real browser: it fits, it can be read, it opens without script, and nothing hostile runs."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from publisher.sandbox.serve import Sandbox

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

PHONE, DESKTOP = 375, 1280
SCHEMES = ("light", "dark")
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
COLOURS = """
const chain = [];
for (let node = document.querySelector(arguments[0]); node; node = node.parentElement)
  chain.push(getComputedStyle(node).backgroundColor);
return [getComputedStyle(document.querySelector(arguments[0])).color, chain];
"""


def show(browser: "Chrome", url: str, width: int = DESKTOP, scheme: str = "light") -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE},
    )
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.get_log("browser")
    browser.get(url)


def permalink(gallery: Sandbox, words: str) -> str:
    posts = gallery.world.data.posts.values()
    found = next(post for post in posts if post.text and post.text.startswith(words))
    return gallery.world.view().permalink(found)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_nothing_is_wider_than_the_screen(browser: "Chrome", gallery: Sandbox, width: int, scheme: str) -> None:
    for url in (gallery.feed, permalink(gallery, "How we stopped")):
        show(browser, url, width, scheme)
        beyond = (
            "return [document.documentElement, ...document.querySelectorAll('.main')]"
            ".filter(box => box.scrollWidth > box.clientWidth).map(box => box.innerText)"
        )
        assert browser.execute_script(beyond) == []


def test_the_console_stays_silent(browser: "Chrome", gallery: Sandbox) -> None:
    for url in (gallery.feed, permalink(gallery, "How we stopped")):
        show(browser, url)
        assert browser.get_log("browser") == []


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


def test_alt_text_opens_by_keyboard(browser: "Chrome", gallery: Sandbox) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, gallery.feed)
    summary = browser.find_element("css selector", ".alt summary")
    text = browser.find_element("css selector", ".alt p")
    assert not text.is_displayed()
    summary.send_keys(Keys.ENTER)
    assert text.is_displayed()
    assert text.text.startswith("The sun comes up")


def test_a_spoiler_opens_and_closes_by_keyboard(browser: "Chrome", gallery: Sandbox) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, permalink(gallery, "The killer"))
    words = browser.find_element("css selector", ".spoiler > span")
    assert not words.is_displayed()
    for shown in (True, False):
        browser.find_element("css selector", ".spoiler > input").send_keys(Keys.SPACE)
        assert words.is_displayed() is shown


def test_a_veil_lifts_from_a_picture_on_a_click(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "Do not look"))
    picture = browser.find_element("css selector", ".veiled img")
    assert "blur" in picture.value_of_css_property("filter")
    assert not browser.find_element("css selector", ".alt").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [MOTIONLESS]})
    browser.find_element("css selector", ".veil").click()
    assert picture.value_of_css_property("filter") == "none"
    assert browser.find_element("css selector", ".alt").is_displayed()


def test_a_carousel_moves_with_the_arrow_keys(browser: "Chrome", gallery: Sandbox) -> None:
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.wait import WebDriverWait

    show(browser, permalink(gallery, "Every shade"))
    strip = browser.find_element("css selector", ".strip")
    strip.send_keys(Keys.ARROW_RIGHT)
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script("return arguments[0].scrollLeft", strip) > 0)


def test_a_long_attached_text_opens_whole(browser: "Chrome", gallery: Sandbox) -> None:
    show(browser, permalink(gallery, "The long story"))
    cut = "const box = document.querySelector('.long'); return box.scrollHeight > box.clientHeight"
    assert browser.execute_script(cut) is True
    browser.find_element("css selector", ".more").click()
    assert browser.execute_script(cut) is False


def test_what_has_the_focus_shows_it(browser: "Chrome", gallery: Sandbox) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, gallery.feed)
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        name, widths = browser.execute_script(OUTLINES)
        # A player's buttons are the browser's own, and so are their outlines.
        assert name == "VIDEO" or max(widths) >= 2


OUTLINES = """
const on = document.activeElement;
const styles = [on, on.closest('label') ?? on].map(node => getComputedStyle(node));
return [on.tagName, styles.map(style => style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth))];
"""
MOTIONLESS = {"name": "prefers-reduced-motion", "value": "reduce"}


def contrast(browser: "Chrome", selector: str) -> float:
    """The ratio of WCAG 2.2 between the first such element's ink and what lies under it, 1 to 21."""
    ink, grounds = browser.execute_script(COLOURS, selector)
    under = (255.0, 255.0, 255.0, 1.0)
    for ground in reversed(grounds):
        under = over(rgba(ground), under)
    bright, dim = sorted((luminance(over(rgba(ink), under)), luminance(under)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


Colour = tuple[float, float, float, float]


def rgba(css: str) -> Colour:
    numbers: list[Any] = re.findall(r"[\d.]+", css)
    red, green, blue, alpha = (*map(float, numbers), 1.0)[:4]
    return red, green, blue, alpha


def over(upper: Colour, lower: Colour) -> Colour:
    share = upper[3]
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(upper[:3], lower[:3], strict=True))
    return red, green, blue, 1.0


def luminance(colour: Colour) -> float:
    parts = [value / 255 for value in colour[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
