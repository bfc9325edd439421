"""The client: one transport, and resources divided as Meta's documentation is.

    with ThreadsClient.connect(Credentials(token)) as client:
        for post in client.media.all_threads():
            print(post.timestamp, post.text)

Or, where somebody else brings the transport (a fake, the sandbox, one that records): `ThreadsClient(transport)`.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, Unpack, runtime_checkable

from publisher.threads_api.call import READ_TIMEOUT_S, Call
from publisher.threads_api.container import PostOptions
from publisher.threads_api.credentials import Credentials
from publisher.threads_api.insights import InsightsResource
from publisher.threads_api.locations import LocationsResource
from publisher.threads_api.media import MediaResource
from publisher.threads_api.messages import Transport
from publisher.threads_api.oembed import OembedResource
from publisher.threads_api.posting import META, Attachment, Pace, Poster, Upload
from publisher.threads_api.profiles import ProfilesResource
from publisher.threads_api.publishing import PublishingResource, PublishResult
from publisher.threads_api.replies import RepliesResource
from publisher.threads_api.retrying import retrying
from publisher.threads_api.search import SearchResource
from publisher.threads_api.transport import BASE_URL, VERSION, RequestsTransport

if TYPE_CHECKING:
    import requests


@runtime_checkable
class _Closable(Protocol):
    def close(self) -> None: ...


class ThreadsClient:
    """Calls Threads through `transport`, and only through it."""

    def __init__(
        self,
        transport: Transport,
        *,
        read_timeout_s: float = READ_TIMEOUT_S,
        closes: _Closable | None = None,
    ) -> None:
        call = Call(transport, read_timeout_s)
        self._closes = closes
        self.publishing = PublishingResource(call)
        self.media = MediaResource(call)
        self.replies = RepliesResource(call)
        self.profiles = ProfilesResource(call)
        self.insights = InsightsResource(call)
        self.search = SearchResource(call)
        self.locations = LocationsResource(call)
        self.oembed = OembedResource(call)

    @classmethod
    def connect(
        cls,
        credentials: Credentials,
        *,
        base_url: str = BASE_URL,
        version: str = VERSION,
        session: "requests.Session | None" = None,
        sleep: Callable[[float], None] = time.sleep,
        tries: int = 4,
    ) -> "ThreadsClient":
        """A client over HTTPS, with GETs that failed in passing sent up to `tries` times; POSTs are sent once."""
        transport = RequestsTransport(credentials, base_url, version, session)
        return cls(retrying(transport, sleep, tries), closes=transport)

    def post(
        self,
        text: str | None = None,
        media: Sequence[Attachment] = (),
        *,
        upload: Upload | None = None,
        pace: Pace = META,
        sleep: Callable[[float], None] = time.sleep,
        **options: Unpack[PostOptions],
    ) -> PublishResult:
        """Create, wait by Meta's advice, publish; see `posting.Poster.post`.

        Raises `PublishOutcomeUnknown`, with `creation_id`, when the post may be live.
        """
        return Poster(self.publishing, sleep, pace).post(text, media, upload=upload, **options)

    def close(self) -> None:
        """Let go of idle connections, where this client made them."""
        if self._closes is not None:
            self._closes.close()

    def __enter__(self) -> "ThreadsClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
