"""What people type instead of our keys. Edit distance finds typos; it does not know that a caption is a text."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

# Our key -> what is typed instead: neighbouring products' words and the API's own spellings, hyphens as underscores.
# A word under several keys means the first of them that is known where it stands.
_POST = {
    "text": "caption body tweet plaintext content message status post markdown",
    "media": (
        "image images picture pictures photo photos img imgs pic pics video videos attachments carousel children "
        "image_url video_url media_url files gallery"
    ),
    "thread": "posts chain threads parts replies",
    "poll": "poll_attachment options choices survey poll_options answers poll_answers",
    "link": "href uri address url link_attachment_url link_attachment link_url link_preview card preview website",
    "gif": "gif_attachment giphy gif_id giphy_id",
    "quote": "quote_post_id quoted quote_post quotes quote_id",
    "reply_to": "reply_to_id in_reply_to reply answer_to",
    "repost": "repost_id boost reblog retweet share",
    "topic": "hashtags hashtag tags tag topic_tag topics category",
    "reply_control": "who_can_reply replies_from audience reply_audience",
    "reply_approvals": "enable_reply_approvals approve_replies moderate_replies",
    "countries": "allowlisted_country_codes country geo regions geo_gating",
    "location": "location_id place loc venue",
    "ghost": "ghost_post is_ghost_post ephemeral temporary disappearing",
    "attached_text": "text_attachment attachment long_text long_form article",
    "spoilers": "text_entities hide hidden",
    "share_to_instagram": "crossreshare_to_ig crossreshare_to_ig_dark_mode instagram ig crosspost",
    "publish_at": (
        "schedule scheduled scheduled_at schedule_at scheduled_for scheduled_publish_time date time at when "
        "publish_date publish_on post_at datetime not_before go_live live_at post_date"
    ),
    "publish_by": "expires expires_at deadline until publish_until not_after",
    "timezone": "tz zone time_zone",
    "if_late": "late",
    "account": "user profile username",
    "draft": "unpublished wip",
    "id": "name slug key identifier post_id",
    "note": "comment notes comments remark memo todo",
    "allow_repeat": "repeat duplicate allow_duplicate",
    "file": "image picture photo img pic video path filename src source local markdown",
    "url": "href uri address link image_url video_url media_url",
    "alt": "caption alt_text alttext description accessibility aria_label",
    "spoiler": "is_spoiler_media is_spoiler sensitive nsfw hide hidden",
}
_CONFIG = {
    "account": "user username profile",
    "accounts": "users",
    "user_id": "userid threads_user_id",
    "timezone": "tz zone time_zone",
    "posts": "folder directory posts_dir content",
    "media": "s3 storage store",
    "bucket": "bucket_name",
    "prefix": "folder_prefix",
    "region": "aws_region",
    "endpoint_url": "endpoint s3_endpoint",
    "public_base_url": "base_url public_url cdn url",
    "presign": "presigned expires",
    "state": "lock",
    "backend": "type kind",
    "path": "branch file",
    "lease": "lock_timeout",
    "reply_control": "who_can_reply replies",
    "alt_text": "alt",
    "text_limit": "limit",
    "max_new_per_run": "max_new allow_new",
    "max_deletes_per_run": "max_deletes",
    "late_limit": "late grace",
    "publishing": "publish",
    "on_ambiguous": "retry ambiguous",
    "poll": "interval polling",
    "publish_timeout": "timeout",
    "concurrency": "workers parallel parallelism threads",
}

_SURE, _LIKELY, _SHORT_LIKELY = 0.8, 0.6, 0.7  # how much of two words must be the same, from 0 to 1
_SHORT = 4  # letters; words as short are a little like many others


def suggest(key: str, allowed: Sequence[str], schema_name: str) -> str | None:
    """The key that was probably meant, of those that are allowed here.

    >>> suggest("caption", ("text", "location"), "post")
    'text'
    """
    plain = _plain(key)
    if plain in allowed:
        return plain
    if plain in _meanings(schema_name):  # `alt_text` beside `text`: a word for a key of another place is no typo here
        return _synonym(plain, allowed, schema_name)
    for name in allowed:  # `publishat`, `atl`: the same letters, without a sign or in another order
        if plain.replace("_", "") == name.replace("_", "") or sorted(plain) == sorted(name):
            return name
    known = [*allowed, *(word for word in _meanings(schema_name) if _synonym(word, allowed, schema_name))]
    if near := get_close_matches(plain, known, n=1, cutoff=_SURE):
        return near[0] if near[0] in allowed else _synonym(near[0], allowed, schema_name)
    if near := get_close_matches(plain, allowed, n=1, cutoff=_LIKELY if len(plain) > _SHORT else _SHORT_LIKELY):
        return near[0]
    for word in plain.split("_"):  # `schedule_time`, `poll_choices`: one of the words says it
        if (meant := word if word in allowed else _synonym(word, allowed, schema_name)) is not None:
            return meant
    return None


def named(key: str, allowed: Sequence[str], schema_name: str) -> str | None:
    """The key for which `key` is another word, of those that are allowed; what only looks like one is none.

    >>> named("alt-text", ("file", "alt"), "post"), named("fiel", ("file", "alt"), "post")
    ('alt', None)
    """
    return _synonym(_plain(key), allowed, schema_name)


def _plain(key: str) -> str:
    return key.strip().lower().replace("-", "_").replace(" ", "_")


def _synonym(plain: str, allowed: Sequence[str], schema_name: str) -> str | None:
    return next((key for key in _meanings(schema_name).get(plain, ()) if key in allowed), None)


@cache
def _meanings(schema_name: str) -> dict[str, list[str]]:
    """What is typed -> the keys that may be meant."""
    meanings: dict[str, list[str]] = {}
    for key, words in {"post": _POST, "config": _CONFIG}.get(schema_name, {}).items():
        for word in words.split():
            meanings.setdefault(word, []).append(key)
    return meanings


def suggest_value(value: str, words: Sequence[str]) -> str | None:
    """The word of a fixed list that was probably meant."""
    near = get_close_matches(value.strip().lower().replace("-", "_").replace(" ", "_"), words, n=1, cutoff=0.6)
    return near[0] if near else None
