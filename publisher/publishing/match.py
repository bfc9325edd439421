"""Which post of the account's lists is the one we sent? Pure.

Threads has no idempotency key and never tells which post a container became, so content decides: canonical text, then
shape. A match is only believed when it is the only one (protocol.md, 4.5).
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from publisher.planning.records import PartRecord
from publisher.publishing.waiting import IN_SIGHT
from publisher.threads_api.media import Media

_JUST_NOW = datetime.max.replace(tzinfo=UTC)  # of what has no time yet

# Read values differ from written ones (docs/threads.md, Reading).
_READ_AS = {
    "TEXT": {"TEXT", "TEXT_POST"},
    "IMAGE": {"IMAGE"},
    "VIDEO": {"VIDEO", "AUDIO"},
    "CAROUSEL": {"CAROUSEL", "CAROUSEL_ALBUM"},
}


def canonical(text: str | None) -> str | None:
    """A text as it can be compared with what is read back; None when there is nothing to compare.

    NFC, white space folded and trimmed, and without "#": the app shows a tag without it, and whether the API keeps it
    is not known.
    """
    if text is None:
        return None
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).replace("#", "")).strip()
    return folded or None


def text_hash(text: str | None) -> str | None:
    """SHA-256 of the canonical text: the state holds no text."""
    plain = canonical(text)
    return None if plain is None else hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def alts_hash(alts: Iterable[str | None]) -> str:
    """SHA-256 of the canonical alt texts of a post's media: in any order, as it is not known in which one a list gives
    the children (docs/threads.md, Reading). What has none is as one picture without.
    """
    said = sorted(canonical(alt) or "" for alt in alts) or [""]
    return hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a post must look like to be the one."""

    media_type: str  # as it was written: TEXT, IMAGE, VIDEO, CAROUSEL
    n_children: int
    text_sha256: str | None
    reply_to: str | None  # media id
    quote: str | None  # media id
    repost: str | None = None  # media id
    alts_sha256: str | None = None  # of the alt texts of its media, where it has no text; None: not known
    not_before: datetime | None = None
    known: frozenset[str] = frozenset()  # ids that were listed before the first attempt
    attempted: bool = False  # an attempt explains it
    formerly: frozenset[str] = frozenset()  # ids that what it points at had before it was replaced

    @classmethod
    def of_attempt(cls, part: PartRecord) -> "Wanted":
        """For finding the outcome of an attempt."""
        begun = part.attempt_at or part.container_at
        return cls(
            media_type=part.media_type,
            n_children=part.n_children,
            text_sha256=part.text_sha256,
            reply_to=part.reply_to,
            quote=part.quote,
            repost=part.repost,
            alts_sha256=part.alts_sha256,
            not_before=begun - IN_SIGHT if begun is not None else None,
            known=frozenset(part.watermark),
            attempted=True,
        )


def candidates(wanted: Wanted, listed: Iterable[Media], bound: Collection[str]) -> tuple[Media, ...]:
    """All posts that could be it; `bound` ids belong to other parts.

    Oldest first, for what is said again is said later: whoever takes the first one for the first file leaves every
    other file its own.
    """
    found = {media.id: media for media in listed if media.id not in bound and _is_it(wanted, media)}
    newest_first = sorted(found.values(), key=lambda media: media.timestamp or _JUST_NOW, reverse=True)
    return tuple(reversed(newest_first))  # as lists are: so what went live within one second is turned, too


def matches(wanted: Wanted, listed: Iterable[Media], bound: Collection[str]) -> tuple[str, ...]:
    """The ids of the `candidates`."""
    return tuple(media.id for media in candidates(wanted, listed, bound))


def live_twins(wanted: Wanted, listed: Iterable[Media], bound: Collection[str]) -> tuple[Media, ...]:
    """Live posts that nobody recorded and that say the same: the last net under a lost state (I11).

    A post without text is compared by its alt texts. Without either all of its kind say the same: a person is asked.
    """
    return candidates(wanted, listed, bound)


def differences(wanted: Wanted, media: Media) -> tuple[str, ...]:
    """In what a post that a person names is not what was wanted, in words; where it stands is another question."""
    kind = str(media.media_type)
    if wanted.media_type == "REPOST":
        same = kind == "REPOST_FACADE" and (wanted.repost is None or media.reposted_post in (None, wanted.repost))
        return () if same else ("it is no repost of the same post",)
    return (
        *(() if text_hash(media.text) == wanted.text_sha256 else ("its words are others",)),
        *(() if _same_shape(wanted, media) else (f"it is of another kind ({kind})",)),
    )


def _is_it(wanted: Wanted, media: Media) -> bool:
    if wanted.media_type == "REPOST":
        return _is_repost(wanted, media)
    return (
        media.id not in wanted.known
        and text_hash(media.text) == wanted.text_sha256
        and _same_shape(wanted, media)
        and _same_place(wanted, media)
        and _same_alts(wanted, media)
        and (wanted.not_before is None or media.timestamp is None or media.timestamp >= wanted.not_before)
    )


def _is_repost(wanted: Wanted, media: Media) -> bool:
    """A repost says nothing of its own, and a list may leave out what it shows of a stranger
    (docs/threads.md, Reading).

    Such a one is believed only where an attempt explains it.
    """
    return (
        media.id not in wanted.known
        and str(media.media_type) == "REPOST_FACADE"
        and (media.reposted_post == wanted.repost or (wanted.attempted and media.reposted_post is None))
        and (wanted.not_before is None or media.timestamp is None or media.timestamp >= wanted.not_before)
    )


def _same_shape(wanted: Wanted, media: Media) -> bool:
    if str(media.media_type) not in _READ_AS[wanted.media_type]:
        return False
    return wanted.media_type != "CAROUSEL" or not media.children or len(media.children) == wanted.n_children


def _same_alts(wanted: Wanted, media: Media) -> bool:
    """Of what has no words. That a list leaves them out is not held against what was attempted."""
    if wanted.alts_sha256 is None:
        return True
    read = tuple(child.alt_text for child in media.carousel) or (media.alt_text,)
    not_told = not any(read) and (wanted.attempted or (wanted.media_type == "CAROUSEL" and not media.carousel))
    return not_told or alts_hash(read) == wanted.alts_sha256


def _same_place(wanted: Wanted, media: Media) -> bool:
    """Parent and quote target; what a list leaves out is not held against a post (docs/threads.md, Reading)."""
    if wanted.reply_to is None and (media.is_reply or media.replied_to is not None):
        return False
    if wanted.reply_to is not None and media.replied_to not in (None, wanted.reply_to, *wanted.formerly):
        return False
    return wanted.quote is None or media.quoted_post in (None, wanted.quote, *wanted.formerly)
