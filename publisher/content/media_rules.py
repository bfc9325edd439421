"""The items of `media`: where they come from, what Threads takes of them, and what is said to those who cannot see.

What leaves for Threads is JPEG, PNG, MP4 or MOV. Other pictures are converted and large ones scaled before they are
uploaded, so only what no conversion mends is an error here (docs/threads.md, Media).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from posixpath import splitext
from typing import Any, Literal

from publisher.content.addresses import public_problem
from publisher.content.findings import Finding, has_errors
from publisher.content.inquiry import Inquiry
from publisher.content.look import Look, MediaFacts, MediaProblem, pointed_out
from publisher.content.paths import PathProblem, locate
from publisher.content.post import MediaItem
from publisher.content.view import View

MEBIBYTE = 1024 * 1024
IMAGE_LIMIT = 8 * MEBIBYTE  # bytes
IMAGE_WIDTH = 1440  # pixels; wider pictures are scaled down before they are uploaded
VIDEO_LIMIT = 1024 * MEBIBYTE
ASPECT_LIMIT = 10  # to 1, for pictures and videos; videos may be as narrow as 0.01 to 1
VIDEO_WIDTH = 1920
VIDEO_SECONDS = 300
FRAME_RATES = (23, 60)  # a second
BIT_RATE_LIMIT = 100_000_000  # bits a second

_TYPES = {
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".png": ("image/png",),
    ".webp": ("image/webp",),
    ".gif": ("image/gif",),
    ".heic": ("image/heic", "image/heif"),
    ".heif": ("image/heif", "image/heic"),
    ".avif": ("image/avif",),
    ".tif": ("image/tiff",),
    ".tiff": ("image/tiff",),
    ".mp4": ("video/mp4",),
    ".m4v": ("video/mp4", "video/x-m4v"),
    ".mov": ("video/quicktime",),
}
_TAKEN = frozenset(name for names in _TYPES.values() for name in names)
_DIRECT = {".jpg": "image", ".jpeg": "image", ".png": "image", ".mp4": "video", ".m4v": "video", ".mov": "video"}
_SENT_AS_THEY_ARE = ("image/jpeg", "image/png")

ALT_LIMIT = 1000
ITEM_KEYS = ("file", "url", "alt", "decorative", "spoiler")  # as the schema has them
_MOST_LOOKED_AT = 20  # unknown keys of an item, and items; each key takes a millisecond


def read_media(view: View, asked: Inquiry) -> MediaItem | None:
    """One item of `media`; None when something is wrong with it, which is found then."""
    if not view.data:  # of nothing at all the schema has said so
        return None
    before = len(asked.findings)
    _sources(view, asked.findings)
    _alt(view, asked)
    facts: MediaFacts | None = None
    kind: Literal["image", "video"] | None = None
    written, url = view.text("file"), view.text("url")
    file = locate(view.document.path, written) if written is not None else None
    if isinstance(file, PathProblem):
        asked.findings.append(view.found("E300", view.place("file"), file.message))
        return None
    if file is not None:
        facts = _looked_at(view, written or "", file, asked.files.look, asked.findings)
        kind = facts.kind if facts else None
    elif url is not None:
        kind = _kind_of_url(view, url, asked.findings)
    if kind is None or has_errors(asked.findings[before:]):
        return None
    return MediaItem(
        kind=kind,
        file=file,
        url=url if file is None else None,
        alt=view.text("alt"),
        decorative=view.flag("decorative"),
        spoiler=view.flag("spoiler"),
        sha256=facts.sha256 if facts else None,
        size=facts.size if facts else None,
    )


def _sources(view: View, findings: list[Finding]) -> None:
    if "file" in view.data and "url" in view.data:
        findings.append(view.found("E311", view.key_place("url"), "an item has both a file and a url"))
    elif "file" not in view.data and "url" not in view.data and not _misspelled(view, "file", "url"):
        findings.append(view.found("E311", view.own_place, "an item has neither a file nor a url"))


def _misspelled(view: View, *keys: str) -> bool:
    """Whether one of the keys is there under a name that the schema refuses: who adds it would have it twice."""
    unknown = [name for name in view.data if name not in ITEM_KEYS]
    if not unknown or len(unknown) > _MOST_LOOKED_AT or view.pointer[-1] not in range(_MOST_LOOKED_AT):
        return False
    from publisher.content.slips import suggest

    return any(suggest(name, ITEM_KEYS, "post") in keys for name in unknown)


def _looked_at(view: View, written: str, file: str, look: Look, findings: list[Finding]) -> MediaFacts | None:
    facts = look(file)
    if isinstance(facts, MediaProblem):
        facts = pointed_out(facts, view.document.path, written, look)
        findings.append(view.found(facts.code, view.place("file"), facts.message, why=facts.why, fix=facts.fix))
        return None
    checks = _image(facts) if facts.kind == "image" else _video(facts)
    for code, message in (*_ending(file, facts), *checks):
        findings.append(view.found(code, view.place("file"), message))
    return facts


def _ending(file: str, facts: MediaFacts) -> Iterable[tuple[str, str]]:
    ending = splitext(file)[1].lower()
    expected = _TYPES.get(ending)
    if expected is not None and facts.content_type in expected:
        return ()
    if facts.content_type not in _TAKEN:
        return (("E318", f"Threads does not take {facts.content_type}"),)
    named = f'ends in "{ending}"' if ending else "has no ending"
    return (("E303", f"the name {named}, {'and' if expected is None else 'but'} the bytes are {facts.content_type}"),)


def _image(facts: MediaFacts) -> Iterator[tuple[str, str]]:
    if facts.animated:
        yield "E319", "the picture is animated; Threads takes still pictures and videos"
    as_it_is = facts.content_type in _SENT_AS_THEY_ARE and facts.width <= IMAGE_WIDTH
    if as_it_is and facts.size > IMAGE_LIMIT:
        yield "E304", f"the picture has {facts.size / MEBIBYTE:.1f} MB; the limit is {IMAGE_LIMIT // MEBIBYTE} MB"
    if max(facts.width, facts.height) > ASPECT_LIMIT * min(facts.width, facts.height):
        yield "E312", f"the picture is {facts.width} × {facts.height}; the limit is {ASPECT_LIMIT} to 1"


def _video(facts: MediaFacts) -> Iterator[tuple[str, str]]:
    if facts.size > VIDEO_LIMIT:
        yield "E304", f"the video has {facts.size / MEBIBYTE:,.0f} MB; the limit is 1 GB"
    if facts.width > ASPECT_LIMIT * facts.height or facts.height > 100 * facts.width:
        yield "E312", f"the video is {facts.width} × {facts.height}; the limits are 10 to 1 and 1 to 100"
    if facts.width > VIDEO_WIDTH:
        yield "E320", f"the video is {facts.width} pixels wide; the limit is {VIDEO_WIDTH:,}"
    if facts.video_codec is not None and facts.video_codec not in ("h264", "hevc"):
        yield "E321", f"the picture is coded as {facts.video_codec}; Threads takes H.264 and HEVC"
    if facts.audio_codec not in (None, "aac"):
        yield "E322", f"the sound is coded as {facts.audio_codec}; Threads takes AAC"
    if facts.duration_s is not None and not 0 < facts.duration_s <= VIDEO_SECONDS:
        yield "E323", f"the video lasts {facts.duration_s:,.1f} s; the limit is {VIDEO_SECONDS} s"
    if facts.frame_rate is not None and not FRAME_RATES[0] - 0.1 <= facts.frame_rate <= FRAME_RATES[1] + 0.1:
        yield "E324", f"the video has {facts.frame_rate:.4g} frames a second; Threads takes 23 to 60"
    if facts.bit_rate is not None and facts.bit_rate > BIT_RATE_LIMIT:
        yield "E325", f"the video has {facts.bit_rate / 1e6:,.0f} Mbit a second; the limit is 100"
    if facts.moov_first is False:
        yield "E326", "the video's index (moov) stands behind its data"
    if facts.edit_list:
        yield "W327", "the video has an edit list, which Threads may refuse"
    if facts.full_range:
        yield "W328", "the video has full-range colour, which Threads has refused"


def _kind_of_url(view: View, url: str, findings: list[Finding]) -> Literal["image", "video"] | None:
    place = view.place("url")
    if (problem := public_problem(url)) is not None:
        findings.append(view.found("E331", place, problem))
        return None
    findings.append(view.found("W330", place, "the picture or video behind this address can change after review"))
    ending = splitext(url.partition("?")[0].partition("#")[0])[1].lower()
    kind = _DIRECT.get(ending)
    if kind is None and _attachments().match(url) is not None:
        why = "it leads on to another address, which is good for minutes; in a private repository it leads nobody there"
        fix = "save it beside the post, and write file: with its name in the place of this line"
        findings.append(view.found("E332", place, "the address is an attachment on GitHub", why=why, fix=fix))
        return None
    if kind is None:
        shown = f"ends in {ending}" if ending in _TYPES else "does not tell a picture from a video"
        findings.append(view.found("E332", place, f"the address {shown}"))
        return None
    return "image" if kind == "image" else "video"


@cache
def _attachments() -> Any:
    """What GitHub writes for a picture or video that was dropped into an issue."""
    return re.compile(r"https://github\.com/(?:user-attachments|[\w.-]+/[\w.-]+)/assets/")


def _alt(view: View, asked: Inquiry) -> None:
    alt, decorative, findings = view.text("alt"), view.flag("decorative"), asked.findings
    if alt is not None and decorative:
        message = "an item has both an alt text and decorative: true"
        findings.append(view.found("E310", view.key_place("decorative"), message))
    missing = "alt" not in view.data and not decorative and asked.rules.alt_text != "off"
    if missing and not _misspelled(view, "alt", "decorative"):
        code = "E305" if asked.rules.alt_text == "error" else "W305"
        findings.append(view.found(code, view.own_place, "a picture or video without alt text"))
    if alt is None or not (opening := alt.strip().casefold()):
        return
    if opening.rstrip(".…:! ") in ("todo", "tbd", "fixme", "xxx", "alt", "alt text") or opening.startswith("todo"):
        findings.append(view.found("E308", view.place("alt"), "the alt text is still to be written"))
    elif _openings().match(opening):
        findings.append(view.found("W307", view.place("alt"), "the alt text says first that it is a picture"))
    elif _is_file_name(opening):
        findings.append(view.found("W309", view.place("alt"), "the alt text is the name of a file"))


@cache
def _openings() -> Any:
    return re.compile("(?:an? |the )?(?:image|picture|photo|photograph|graphic) (?:of|showing|that shows) ")


def _is_file_name(alt: str) -> bool:
    return " " not in alt and splitext(alt)[1] in _TYPES
