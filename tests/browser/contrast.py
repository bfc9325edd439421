"""How well words stand out, as WCAG 2.2 reckons it, from the colours a browser computed."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

Colour = tuple[float, float, float, float]  # red, green, blue 0-255; alpha 0-1
COLOURS = """
const chain = [];
for (let node = document.querySelector(arguments[0]); node; node = node.parentElement)
  chain.push(getComputedStyle(node).backgroundColor);
return [getComputedStyle(document.querySelector(arguments[0])).color, chain];
"""


def contrast(browser: "Chrome", selector: str) -> float:
    """The ratio of WCAG 2.2 between the first such element's ink and what lies under it, 1 to 21."""
    ink, grounds = browser.execute_script(COLOURS, selector)
    under = (255.0, 255.0, 255.0, 1.0)
    for ground in reversed(grounds):
        under = over(rgba(ground), under)
    return ratio(over(rgba(ink), under), under)


def ratio(one: Colour, other: Colour) -> float:
    """1 to 21, whichever is the brighter; both opaque."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


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
