"""The client: one transport, and resources divided as Meta's documentation is."""

from publisher.threads_api.call import Call
from publisher.threads_api.media import MediaResource
from publisher.threads_api.messages import Transport
from publisher.threads_api.profiles import ProfilesResource
from publisher.threads_api.publishing import PublishingResource
from publisher.threads_api.replies import RepliesResource
from publisher.threads_api.search import SearchResource


class ThreadsClient:
    """Calls Threads through `transport`."""

    def __init__(self, transport: Transport) -> None:
        call = Call(transport)
        self.publishing = PublishingResource(call)
        self.media = MediaResource(call)
        self.replies = RepliesResource(call)
        self.profiles = ProfilesResource(call)
        self.search = SearchResource(call)
