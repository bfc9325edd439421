"""What people type instead of our keys. Edit distance finds typos; it does not know that a caption is a text."""

from collections.abc import Sequence
from difflib import get_close_matches

# What is typed -> our key. Neighbouring products' words and the API's own spellings; hyphens count as underscores.
_POST = {
    "caption": "text", "body": "text", "content": "text", "message": "text", "status": "text", "post": "text",
    "image": "media", "images": "media", "picture": "media", "pictures": "media", "photo": "media", "photos": "media",
    "video": "media", "videos": "media", "attachments": "media", "carousel": "media", "children": "media",
    "image_url": "media", "video_url": "media", "media_url": "media", "files": "media", "gallery": "media",
    "path": "file", "filename": "file", "src": "file", "source": "file", "local": "file",
    "href": "url", "uri": "url", "address": "url",
    "alt_text": "alt", "alttext": "alt", "description": "alt", "accessibility": "alt", "aria_label": "alt",
    "is_spoiler_media": "spoiler", "is_spoiler": "spoiler", "sensitive": "spoiler", "nsfw": "spoiler",
    "posts": "thread", "chain": "thread", "threads": "thread", "parts": "thread", "replies": "thread",
    "poll_attachment": "poll", "options": "poll", "choices": "poll", "survey": "poll",
    "link_attachment": "link", "link_url": "link", "card": "link", "preview": "link", "website": "link",
    "gif_attachment": "gif", "giphy": "gif", "gif_id": "gif",
    "quote_post_id": "quote", "quoted": "quote", "quote_post": "quote", "quotes": "quote", "quote_id": "quote",
    "reply_to_id": "reply_to", "in_reply_to": "reply_to", "reply": "reply_to", "answer_to": "reply_to",
    "repost_id": "repost", "boost": "repost", "reblog": "repost", "share": "repost",
    "hashtags": "topic", "hashtag": "topic", "tags": "topic", "tag": "topic", "topic_tag": "topic",
    "topics": "topic", "category": "topic",
    "who_can_reply": "reply_control", "replies_from": "reply_control", "audience": "reply_control",
    "reply_audience": "reply_control", "enable_reply_approvals": "reply_approvals",
    "allowlisted_country_codes": "countries", "country": "countries", "geo": "countries", "regions": "countries",
    "location_id": "location", "place": "location", "ghost_post": "ghost", "is_ghost_post": "ghost",
    "ephemeral": "ghost", "text_attachment": "attached_text", "attachment": "attached_text",
    "long_text": "attached_text", "text_entities": "spoilers", "crossreshare_to_ig": "share_to_instagram",
    "crossreshare_to_ig_dark_mode": "share_to_instagram", "instagram": "share_to_instagram",
    "schedule": "publish_at", "scheduled": "publish_at", "scheduled_at": "publish_at", "schedule_at": "publish_at",
    "scheduled_for": "publish_at", "scheduled_publish_time": "publish_at", "date": "publish_at", "time": "publish_at",
    "at": "publish_at", "when": "publish_at", "publish_date": "publish_at", "publish_on": "publish_at",
    "post_at": "publish_at", "datetime": "publish_at", "not_before": "publish_at",
    "expires": "publish_by", "expires_at": "publish_by", "deadline": "publish_by", "until": "publish_by",
    "publish_until": "publish_by",
    "not_after": "publish_by", "tz": "timezone", "zone": "timezone", "time_zone": "timezone",
    "late": "if_late", "user": "account", "profile": "account", "username": "account", "unpublished": "draft",
    "wip": "draft", "name": "id", "slug": "id", "key": "id", "identifier": "id", "comment": "note", "notes": "note",
    "comments": "note", "todo": "note", "repeat": "allow_repeat", "duplicate": "allow_repeat",
    "allow_duplicate": "allow_repeat", "poll_options": "poll", "geo_gating": "countries",
}  # fmt: skip
_CONFIG = {
    "user": "account", "username": "account", "profile": "account", "users": "accounts", "userid": "user_id",
    "threads_user_id": "user_id", "tz": "timezone", "zone": "timezone", "time_zone": "timezone", "folder": "posts",
    "directory": "posts", "posts_dir": "posts", "content": "posts", "s3": "media", "storage": "media", "store": "media",
    "bucket_name": "bucket", "folder_prefix": "prefix", "aws_region": "region", "endpoint": "endpoint_url",
    "s3_endpoint": "endpoint_url", "base_url": "public_base_url", "public_url": "public_base_url",
    "cdn": "public_base_url", "url": "public_base_url", "presigned": "presign", "expires": "presign",
    "lock": "state", "type": "backend", "kind": "backend", "branch": "path", "file": "path", "lock_timeout": "lease",
    "who_can_reply": "reply_control", "replies": "reply_control", "alt": "alt_text", "limit": "text_limit",
    "max_new": "max_new_per_run", "allow_new": "max_new_per_run", "max_deletes": "max_deletes_per_run",
    "late": "late_limit", "grace": "late_limit", "publish": "publishing", "retry": "on_ambiguous",
    "ambiguous": "on_ambiguous", "interval": "poll", "polling": "poll", "timeout": "publish_timeout",
    "workers": "concurrency", "parallel": "concurrency", "threads": "concurrency",
}  # fmt: skip

_SYNONYMS = {"post": _POST, "config": _CONFIG}


def suggest(key: str, allowed: Sequence[str], schema_name: str) -> str | None:
    """The key that was probably meant, of those that are allowed here.

    >>> suggest("caption", ("text", "location"), "post")
    'text'
    """
    plain = key.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in allowed:
        return plain
    meant = _SYNONYMS.get(schema_name, {}).get(plain)
    if meant in allowed:
        return meant
    squeezed = {name.replace("_", ""): name for name in allowed}
    if plain.replace("_", "") in squeezed:
        return squeezed[plain.replace("_", "")]
    near = get_close_matches(plain, allowed, n=1, cutoff=0.6)
    return near[0] if near else None


def suggest_value(value: str, words: Sequence[str]) -> str | None:
    """The word of a fixed list that was probably meant."""
    near = get_close_matches(value.strip().lower().replace("-", "_").replace(" ", "_"), words, n=1, cutoff=0.6)
    return near[0] if near else None
