"""Several accounts of one repository: what befalls one of them is no matter of the others."""

import secrets

from publisher.state_backends.file import FileState
from tests.cli.calling import Called
from tests.flow.desk import CONFIG, Desk

ACCOUNTS = CONFIG.replace("account: acme", "accounts: {acme: {posts: posts/acme}, beta: {posts: posts/beta}}")


class Two:
    """A desk that publishes for two accounts of one Threads."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        token = "THSANDBOX" + secrets.token_hex(20)
        desk.sandbox.world.add_account("beta", token)
        self.tokens = {"THREADS_ACCESS_TOKEN_ACME": desk.sandbox.access_token, "THREADS_ACCESS_TOKEN_BETA": token}
        desk.write("publisher.yaml", ACCOUNTS)
        for account in ("acme", "beta"):
            desk.post(f"{account}/hello", f"text: Hello from {account}\n")
            assert self.call("state", "init", "--account", account).code == 0

    def call(self, *arguments: str) -> Called:
        return self.desk(*arguments, **self.tokens)

    def publish(self, account: str) -> int:
        return self.call("publish", "--account", account, "--yes", "--format", "json").code


def test_f74_a_run_that_hangs_and_a_state_that_is_damaged_hold_up_no_other_account(desk: Desk) -> None:
    two = Two(desk)
    file = desk.folder / "publisher-state-acme.json"
    with FileState(file, account="acme", endpoint=desk.sandbox.threads_api, run="1/1").lock("1/1"):
        assert two.publish("acme") == 7
        assert two.publish("beta") == 0
    file.write_text(file.read_text()[:-20])
    desk.post("beta/again", "text: Hello again\n")
    assert two.publish("acme") == 8
    assert two.publish("beta") == 0
    assert desk.texts() == ["Hello from beta", "Hello again"]
