"""What a reviewer does not see: characters without shape, text that runs backwards, letters that look like others.

ASCII has none of it, and a single search settles most other texts.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

MARKS_LIMIT = 8  # combining marks on one letter; no language needs as many

_BIDI = "\u202a-\u202e\u2066-\u2069"
# Shapeless: soft hyphen, grapheme joiner, Hangul fillers, Mongolian vowel separator, zero-width space and joiners,
# word joiner and invisible operators, deprecated format characters, interlinear annotations, tags.
_SHAPELESS = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u061c\u2060-\u2065\u206a-\u206f\u3164\uffa0"
_SHAPELESS += "\ufff9-\ufffb\U000e0000-\U000e007f"
# Marks that stand above and below any letter: the general ones, and those of Hebrew, Arabic and Thai.
_STACKING = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff"
_STACKING += "\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_JOINERS = "\u200c\u200d"
_BREAK = "\u200b"  # shapeless as well, but Khmer, Lao, Thai, Burmese and Tibetan mark with it where a line may end
# For a character class. Stacked marks are among them, so Hebrew with vowels and Thai are always looked at closely.
SEEN_ONLY_BY_MACHINES = _BIDI + _SHAPELESS + _JOINERS + _STACKING
_ANY = f"[{_BIDI}{_SHAPELESS}{_JOINERS}]"
_TAGS = r"\U0001F3F4[\U000E0020-\U000E007E]{2,8}\U000E007F"  # the flags of England, Scotland, Wales, …


@dataclass(frozen=True, slots=True)
class Hidden:
    """One thing that is not as it looks."""

    code: str
    message: str
    needle: str  # the characters to point at
    nth: int  # which of them, from 0


def hidden(text: str) -> Iterator[Hidden]:
    """What hides in a text: at most one of each code, the first."""
    if text.isascii():
        return
    if _pattern(_ANY).search(text):
        yield from _controls(text)
    if len(text) > MARKS_LIMIT and (match := _marks().search(text)):
        message = f"{len(match[0])} marks are stacked on one letter; {MARKS_LIMIT} are the limit"
        yield Hidden("E244", message, match[0], 0)
    if "@" in text or "://" in text or "www." in text:
        yield from _lookalikes(text)


def turning(source: str) -> Iterator[tuple[int, str]]:
    """Every character of a whole file that turns the direction of what a reviewer reads: its index, and what it is.

    In a comment, a note or a key it is as bad as in the text: the lines of the file are what is reviewed.
    """
    if not source.isascii():
        for match in _pattern(f"[{_BIDI}]").finditer(source):
            yield match.start(), _control("E240", source, match.start(), "turns the direction of the text").message


def mixed_scripts(word: str) -> tuple[str, ...]:
    """The scripts of a word whose letters come from more than one of those that look alike."""
    scripts = {
        name for name in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE") for char in word if _is(char, name)
    }
    return tuple(sorted(scripts)) if len(scripts) > 1 else ()


def _is(character: str, script: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith(script)


@cache
def _pattern(pattern: str) -> Any:
    return re.compile(pattern)


@cache
def _marks() -> Any:
    return re.compile(f"[{_STACKING}]{{{MARKS_LIMIT + 1},}}")


def _controls(text: str) -> Iterator[Hidden]:
    if match := _pattern(f"[{_BIDI}]").search(text):
        yield _control("E240", text, match.start(), "turns the direction of the text")
    bare = _pattern(_TAGS).sub(lambda match: "." * len(match[0]), text)
    allowed = "\u200e\u200f\u061c" if _right_to_left(text) else ""
    for match in _pattern(f"[{_SHAPELESS}{_JOINERS}]").finditer(bare):
        character = match[0]
        if character in allowed or (character in _JOINERS and _joins(text, match.start())):
            continue
        if character == _BREAK and _may_break(text, match.start()):
            continue
        yield _control("E241", text, match.start(), "has no shape")
        return


def _control(code: str, text: str, at: int, what: str) -> Hidden:
    character = text[at]
    name = unicodedata.name(character, "no name").lower()
    return Hidden(code, f"U+{ord(character):04X} ({name}) {what}", character, text.count(character, 0, at))


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _joins(text: str, at: int) -> bool:
    """Whether a zero-width joiner or non-joiner is at work: inside an emoji, or in a script that needs it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if text[at] == "\u200d" and after and _pictures().match(after):
        return _pictures().match(before) is not None or before == "\ufe0f" or "\U0001f3fb" <= before <= "\U0001f3ff"
    return any(character and _joining_script().match(character) for character in (before, after))


def _may_break(text: str, at: int) -> bool:
    """Whether a zero-width space stands between two letters of a script that is written without spaces."""
    around = (text[at - 1 : at], text[at + 1 : at + 2])
    return all(letter and _unspaced_script().match(letter) is not None for letter in around)


@cache
def _unspaced_script() -> Any:
    import regex

    return regex.compile(r"[\p{Script=Khmr}\p{Script=Laoo}\p{Script=Thai}\p{Script=Mymr}\p{Script=Tibt}]")


@cache
def _pictures() -> Any:
    import regex

    return regex.compile(r"\p{Extended_Pictographic}")


@cache
def _joining_script() -> Any:
    import regex

    names = "Arab Syrc Nkoo Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt Thai Adlm Rohg"
    return regex.compile("[" + "".join(rf"\p{{Script_Extensions={name}}}" for name in names.split()) + "]")


def _lookalikes(text: str) -> Iterator[Hidden]:
    """Hosts and mentions that mix scripts whose letters look alike: `рaypal.com` with a Cyrillic р."""
    strange = " ".join(word for word in text.split() if not word.isascii())
    for match in _pattern(r"(?:://|www\.)([^\s/?#]+)|@([\w.]+)").finditer(strange):
        word = match[1] or match[2]
        for label in re.split(r"[.\-_:]", word):
            if scripts := mixed_scripts(label):
                what = "the host" if match[1] else "the mention"
                named = " and ".join(script.title() for script in scripts)
                yield Hidden("E242", f"{what} {label!a} mixes {named} letters that look alike", label, 0)
                return
