"""A client for Meta's Threads API. Imports nothing of the publisher: take it alone if you like."""

from publisher.threads_api.client import ThreadsClient
from publisher.threads_api.credentials import Credentials
from publisher.threads_api.transport import RequestsTransport

__all__ = ["Credentials", "RequestsTransport", "ThreadsClient"]
