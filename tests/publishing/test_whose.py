"""Another account's token: whoever looks, or takes a person's word, asks first whose account it is (I9, F26)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from publisher.errors import PublisherError, Refused
from publisher.publishing.reconcile import abandon, adopt, forget, resume, settle_open
from publisher.publishing.remote import drift_of
from publisher.publishing.run import Desired, Session, look
from publisher.sandbox.transport import WorldTransport
from publisher.settings import AccountSettings
from publisher.threads_api.messages import Request
from tests.publishing.harness import WORKLOADS, Deaths, Scene

NOBODYS = "18099999999999999"
WORDS: dict[str, Callable[[Session], object]] = {
    "reconcile": settle_open,
    "adopt": lambda session: adopt(session, Desired(WORKLOADS["text"]), "a", NOBODYS),
    "forget": lambda session: forget(session, "a"),
    "resume": lambda session: resume(session, "a"),
    "abandon": lambda session: abandon(session, "a"),
    "status --remote": lambda session: drift_of(session, {}),
}


def in_doubt() -> tuple[Scene, Session]:
    """The publish call's outcome is open, and it is live; the session at hand has the token of another account."""
    scene = Scene(WORKLOADS["text"])
    scene.publish(Deaths(scene.transport(), 2, after=True))
    other = scene.world.add_account("beta", "THBETA0123456789AB").token
    words = {"media_type": "TEXT", "text": "a: some words"}
    made = scene.world.answer(Request("POST", "/me/threads", words), other).json()["id"]
    scene.world.answer(Request("POST", "/me/threads_publish", {"creation_id": made}), other)
    session = scene.session(WorldTransport(scene.faulty, other, wait=scene.clock.sleep))
    session.ledger.load()
    return scene, session


@pytest.mark.parametrize("known", ["configured", "recorded"])
@pytest.mark.parametrize("word", WORDS)
def test_another_account_s_token_is_refused_before_anything_is_asked_or_written(word: str, known: str) -> None:
    scene, session = in_doubt()
    if known == "configured":  # the token is the one that was always used; the file says that it is wrong
        session = replace(scene.session(), account=AccountSettings("acme", user_id="17841400000000009"))
        session.ledger.load()
    before, asked = scene.memory.document, len(scene.faulty.log)
    with pytest.raises(PublisherError) as refused:
        WORDS[word](session)
    expected = ("E406", 8) if known == "configured" else ("E603", 6)
    assert (refused.value.code, refused.value.exit_code) == expected
    assert [entry["path"].rsplit("/", 1)[-1] for entry in scene.faulty.log[asked:]] == ["me"]
    assert scene.memory.document == before
    assert len(scene.world.published()) == 2  # one of each account


def test_a_state_does_not_become_another_user_s_by_what_publisher_yaml_says() -> None:
    """The other user's token is there, and a post of theirs that says the same: it is not ours."""
    scene, session = in_doubt()
    theirs = next(account.id for account in scene.world.data.accounts.values() if account.username == "beta")
    session = replace(session, account=AccountSettings("acme", user_id=theirs))
    with pytest.raises(Refused) as refused:
        look(session, Desired(scene.posts))
    assert refused.value.code == "E406"
    assert "another state.path" in refused.value.fix
