"""For clients that know one address only: what they send to graph.threads.net goes to the address given."""

from typing import Any

import requests

THREADS = "https://graph.threads.net"


def send_to(base: str) -> None:
    """From here on, `requests` finds Threads at `base`. The clients themselves stay as released."""
    request = requests.Session.request

    def moved(self: requests.Session, method: str, url: str, *args: Any, **more: Any) -> requests.Response:
        assert url.startswith((THREADS, base)) or "127.0.0.1" in url, "a call to the world outside"
        return request(self, method, url.replace(THREADS, base), *args, **more)

    requests.Session.request = moved  # type: ignore[method-assign, assignment]
