"""The sandbox in process against the same sandbox over HTTP: what a test saves that opens no socket.

python -m benchmarks.sandbox
"""

from benchmarks.client import served
from benchmarks.ratio import compare
from publisher.sandbox.transport import WorldTransport
from publisher.threads_api import Credentials, ThreadsClient
from tests.sandbox.worlds import Caller

WORDS = {"media_type": "TEXT", "text": "Hello"}


def main() -> None:
    caller = Caller()
    inside = ThreadsClient(WorldTransport(caller.faulty, caller.token))
    with (
        served() as line,
        ThreadsClient.connect(Credentials(line["access_token"]), base_url=line["threads_api"]) as http,
    ):
        get = compare(lambda: inside.profiles.me(fields="id"), lambda: http.profiles.me(fields="id"))
        create = compare(lambda: inside.publishing.create(WORDS), lambda: http.publishing.create(WORDS))
    print(get.line("get-profile-in-process"))
    print(create.line("create-container-in-process"))
    print(f"calls a second in process {1 / create.ours_s:,.0f}, over HTTP {1 / create.theirs_s:,.0f}")


if __name__ == "__main__":
    main()
