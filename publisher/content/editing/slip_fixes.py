"""What was certainly meant: each slip with at most one reading, as replacements that would mend it.

A suggestion is for a person, who may shake their head; what is replaced without asking must have one meaning. Here
stand the API's own names, the same word in other letters, one slip of the finger away from one key and from no other.
"""

import re
from collections.abc import Sequence
from datetime import datetime

# The API's names for what we have keys for; their values have the same form.
_API_KEYS = {
    "topic_tag": "topic", "alt_text": "alt", "is_spoiler_media": "spoiler", "link_attachment": "link",
    "quote_post_id": "quote", "reply_to_id": "reply_to", "enable_reply_approvals": "reply_approvals",
    "allowlisted_country_codes": "countries", "location_id": "location", "is_ghost_post": "ghost",
    "crossreshare_to_ig": "share_to_instagram", "image_url": "url", "video_url": "url",
}  # fmt: skip
_YES = ("true", "yes", "on", "y")
_NO = ("false", "no", "off", "n")
_SHORTEST = 4  # letters; among shorter words every other is one slip away

_DATE = re.compile(
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?:[Tt]|\s+|\s*,\s*)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2})?(?:\.0+)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<offset>[Zz]|UTC|[+-]\d{2}(?::?\d{2})?)?"
)


def certain_key(written: str, allowed: Sequence[str]) -> str | None:
    """The key that was certainly meant.

    >>> certain_key("topic_tag", ("topic",)), certain_key("fiel", ("file", "url")), certain_key("body", ("text",))
    ('topic', 'file', None)
    """
    known = _API_KEYS.get(written.strip())
    return known if known in allowed else certain_word(written, allowed)


def certain_word(written: str, allowed: Sequence[str]) -> str | None:
    """The word of a list that was certainly meant: the same letters, or a single slip from it alone."""
    plain = _letters(written)
    same = [word for word in allowed if _letters(word) == plain]
    if len(same) == 1:
        return same[0]
    near = [word for word in allowed if len(word) >= _SHORTEST and one_slip_apart(plain, _letters(word))]
    return near[0] if len(near) == 1 else None


def one_slip_apart(one: str, other: str) -> bool:
    """Whether a letter more, a letter less, another letter or two letters exchanged make one word the other.

    >>> one_slip_apart("fiel", "file"), one_slip_apart("file", "filed"), one_slip_apart("file", "mile")
    (True, True, True)
    """
    short, long = sorted((one, other), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) - len(short) == 1:
        return short[at:] == long[at + 1 :]
    if len(long) != len(short) or at == len(short):
        return False
    exchanged = short[at + 1 : at + 2] + short[at] + short[at + 2 :] == long[at:]
    return short[at + 1 :] == long[at + 1 :] or exchanged


def certain_flag(written: str) -> str | None:
    """ "true" or "false", for a word that YAML has read as one at some time, or that stands in quotes."""
    word = written.strip().lower()
    return "true" if word in _YES else "false" if word in _NO else None


def certain_time(written: str) -> str | None:
    """A time as we write it, from one whose parts stand in the order year, month, day.

    >>> certain_time("2026/12/1 9:00"), certain_time("2026-12-01 9:30 pm +0100"), certain_time("01.12.2026 09:00")
    ('2026-12-01T09:00', '2026-12-01T21:30+01:00', None)
    """
    match = _DATE.fullmatch(written.strip())
    if match is None:
        return None
    hour = int(match["hour"])
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * half.lower().startswith("p")
    date = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    time = f"{date}T{hour:02}:{match['minute']}{match['second'] or ''}{_offset(match['offset'] or '')}"
    try:
        datetime.fromisoformat(time)
    except ValueError:  # on no calendar: the day and the month may have changed places
        return None
    return time


def _offset(written: str) -> str:
    if written.upper() in ("Z", "UTC"):
        return "Z"
    digits = written.replace(":", "")
    return f"{digits[:3]}:{digits[3:] or '00'}" if digits else ""


def certain_zone(written: str) -> str | None:
    """The IANA zone that is written with other capitals, or with a space for its underscore."""
    from zoneinfo import available_timezones

    plain = written.strip().replace(" ", "_").casefold()
    same = [name for name in available_timezones() if name.casefold() == plain]
    return same[0] if len(same) == 1 else None


def _letters(word: str) -> str:
    return re.sub(r"[-_\s]", "", word).lower()
