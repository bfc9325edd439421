"""A client for Meta's Threads API. Imports nothing of the publisher: take it alone if you like.

    from publisher.threads_api import Credentials, ThreadsClient

    with ThreadsClient.connect(Credentials(token)) as client:
        client.post("Hello from Python")

Values are frozen and typed; what Meta adds tomorrow lands in `extra`. Errors are one tree (`errors`). `requests` is
loaded when the first connection is made, not before. The guide is docs/client.
"""

from publisher.threads_api.auth import ALL_SCOPES, Auth, Configuration, TokenInfo
from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.container import Gif, Poll, StyledRange, TextAttachment, TextEntity
from publisher.threads_api.credentials import Credentials
from publisher.threads_api.errors import (
    AccessTokenExpired,
    ApiError,
    AuthenticationError,
    AuthorizationRefused,
    BadAnswer,
    BadSignature,
    ContainerFailed,
    ContainerNotReady,
    InvalidParameter,
    NoAnswer,
    NotFound,
    NotSent,
    PermissionDenied,
    PublishOutcomeUnknown,
    RateLimited,
    Restricted,
    ThreadsError,
)
from publisher.threads_api.fields import ALL_FIELDS, ALL_PROFILE_FIELDS, FIELDS
from publisher.threads_api.insights import Metric, MetricValue
from publisher.threads_api.locations import Location
from publisher.threads_api.media import Media, PollOption, PollResult
from publisher.threads_api.messages import Request, Response, Transport
from publisher.threads_api.oembed import Embed
from publisher.threads_api.pages import Page
from publisher.threads_api.posting import Attachment, Pace
from publisher.threads_api.profiles import Profile, PublicProfile
from publisher.threads_api.publishing import ContainerStatus, PublishingLimits, PublishResult, Quota
from publisher.threads_api.retrying import retrying
from publisher.threads_api.transport import RequestsTransport
from publisher.threads_api.usage import AppUsage
from publisher.threads_api.vocabulary import (
    ApprovalStatus,
    Breakdown,
    GhostPostStatus,
    HideStatus,
    MediaMetric,
    MediaType,
    PublishingError,
    PublishingStatus,
    ReplyAudience,
    ReplyControl,
    Scope,
    SearchMode,
    SearchType,
    TextStyle,
    UserMetric,
)

__all__ = [
    "ALL_FIELDS",
    "ALL_PROFILE_FIELDS",
    "ALL_SCOPES",
    "FIELDS",
    "AccessTokenExpired",
    "ApiError",
    "AppUsage",
    "ApprovalStatus",
    "Attachment",
    "Auth",
    "AuthenticationError",
    "AuthorizationRefused",
    "BadAnswer",
    "BadSignature",
    "Breakdown",
    "Configuration",
    "ContainerFailed",
    "ContainerNotReady",
    "ContainerStatus",
    "Credentials",
    "Embed",
    "GhostPostStatus",
    "Gif",
    "HideStatus",
    "InvalidParameter",
    "Location",
    "Media",
    "MediaMetric",
    "MediaType",
    "Metric",
    "MetricValue",
    "NoAnswer",
    "NotFound",
    "NotSent",
    "Pace",
    "Page",
    "PermissionDenied",
    "Poll",
    "PollOption",
    "PollResult",
    "Profile",
    "PublicProfile",
    "PublishOutcomeUnknown",
    "PublishResult",
    "PublishingError",
    "PublishingLimits",
    "PublishingStatus",
    "Quota",
    "RateLimited",
    "ReplyAudience",
    "ReplyControl",
    "Request",
    "RequestsTransport",
    "Response",
    "Restricted",
    "Scope",
    "SearchMode",
    "SearchType",
    "StyledRange",
    "TextAttachment",
    "TextEntity",
    "TextStyle",
    "ThreadsClient",
    "ThreadsError",
    "TokenInfo",
    "Transport",
    "UserMetric",
    "retrying",
]
