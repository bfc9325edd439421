"""Meta's words, as constants that are strings: `media.media_type == MediaType.IMAGE`.

What is read stays a plain `str`, so that a word Meta adds tomorrow is read today. Written and read words differ:
TEXT comes back as TEXT_POST, CAROUSEL as CAROUSEL_ALBUM, `everyone` as EVERYONE.
Source: https://developers.facebook.com/docs/threads/reference/publishing
"""

from enum import StrEnum


class MediaType(StrEnum):
    """The first four are written; the rest only read."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    CAROUSEL = "CAROUSEL"
    TEXT_POST = "TEXT_POST"
    CAROUSEL_ALBUM = "CAROUSEL_ALBUM"
    AUDIO = "AUDIO"
    REPOST_FACADE = "REPOST_FACADE"


class ReplyControl(StrEnum):
    """Who may reply, as it is written."""

    EVERYONE = "everyone"
    ACCOUNTS_YOU_FOLLOW = "accounts_you_follow"
    MENTIONED_ONLY = "mentioned_only"
    PARENT_POST_AUTHOR_ONLY = "parent_post_author_only"
    FOLLOWERS_ONLY = "followers_only"


class ReplyAudience(StrEnum):
    """Who may reply, as it is read."""

    EVERYONE = "EVERYONE"
    ACCOUNTS_YOU_FOLLOW = "ACCOUNTS_YOU_FOLLOW"
    MENTIONED_ONLY = "MENTIONED_ONLY"
    PARENT_POST_AUTHOR_ONLY = "PARENT_POST_AUTHOR_ONLY"
    FOLLOWERS_ONLY = "FOLLOWERS_ONLY"


class PublishingStatus(StrEnum):
    """How far a container has got."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"


class PublishingError(StrEnum):
    """Why a container failed. One word is misspelled by Meta."""

    FAILED_DOWNLOADING_VIDEO = "FAILED_DOWNLOADING_VIDEO"
    FAILED_PROCESSING_AUDIO = "FAILED_PROCESSING_AUDIO"
    FAILED_PROCESSING_VIDEO = "FAILED_PROCESSING_VIDEO"
    INVALID_ASPEC_RATIO = "INVALID_ASPEC_RATIO"
    INVALID_BIT_RATE = "INVALID_BIT_RATE"
    INVALID_DURATION = "INVALID_DURATION"
    INVALID_FRAME_RATE = "INVALID_FRAME_RATE"
    INVALID_AUDIO_CHANNELS = "INVALID_AUDIO_CHANNELS"
    INVALID_AUDIO_CHANNEL_LAYOUT = "INVALID_AUDIO_CHANNEL_LAYOUT"
    UNKNOWN = "UNKNOWN"


class TextStyle(StrEnum):
    """How a stretch of an attached text looks."""

    BOLD = "bold"
    ITALIC = "italic"
    HIGHLIGHT = "highlight"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"


class HideStatus(StrEnum):
    """Whether a reply is shown."""

    NOT_HUSHED = "NOT_HUSHED"
    UNHUSHED = "UNHUSHED"
    HIDDEN = "HIDDEN"
    COVERED = "COVERED"
    BLOCKED = "BLOCKED"
    RESTRICTED = "RESTRICTED"


class ApprovalStatus(StrEnum):
    """Where a reply stands that waits for approval. Threads takes these in lower case only."""

    PENDING = "pending"
    IGNORED = "ignored"


class GhostPostStatus(StrEnum):
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


class SearchType(StrEnum):
    TOP = "TOP"
    RECENT = "RECENT"


class SearchMode(StrEnum):
    KEYWORD = "KEYWORD"
    TAG = "TAG"


class MediaMetric(StrEnum):
    """What can be asked of one post."""

    VIEWS = "views"
    LIKES = "likes"
    REPLIES = "replies"
    REPOSTS = "reposts"
    QUOTES = "quotes"
    SHARES = "shares"


class UserMetric(StrEnum):
    """What can be asked of the account."""

    VIEWS = "views"
    LIKES = "likes"
    REPLIES = "replies"
    REPOSTS = "reposts"
    QUOTES = "quotes"
    CLICKS = "clicks"
    FOLLOWERS_COUNT = "followers_count"
    FOLLOWER_DEMOGRAPHICS = "follower_demographics"


class Breakdown(StrEnum):
    """What `follower_demographics` is divided by."""

    COUNTRY = "country"
    CITY = "city"
    AGE = "age"
    GENDER = "gender"


class Scope(StrEnum):
    """What a token allows. Frozen into it: a refresh never widens them."""

    BASIC = "threads_basic"
    CONTENT_PUBLISH = "threads_content_publish"
    MANAGE_REPLIES = "threads_manage_replies"
    READ_REPLIES = "threads_read_replies"
    MANAGE_INSIGHTS = "threads_manage_insights"
    MANAGE_MENTIONS = "threads_manage_mentions"
    KEYWORD_SEARCH = "threads_keyword_search"
    DELETE = "threads_delete"
    LOCATION_TAGGING = "threads_location_tagging"
    PROFILE_DISCOVERY = "threads_profile_discovery"
    SHARE_TO_INSTAGRAM = "threads_share_to_instagram"
