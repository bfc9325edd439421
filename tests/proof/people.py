"""What a person does when a run asks: looks into the app, and says the command that the message named."""

import re
from collections.abc import Callable

from publisher.errors import PublisherError
from publisher.planning.moves import pointing_anew
from publisher.planning.state import State
from publisher.planning.takedown import takedown_plan
from publisher.planning.verdicts import Verdict
from publisher.publishing import reconcile
from publisher.publishing.match import text_hash
from publisher.publishing.results import PostResult, RunReport
from publisher.publishing.run import Desired, Session, look
from publisher.publishing.takedown import deletion_quotas, take_down
from tests.publishing.harness import Scene

COMMAND = re.compile(r"publisher reconcile --(adopt|forget|resume|abandon) ([^\s=]+)(?:=(\S+))?")


class Wrong(AssertionError):
    """What must never be."""


def answer(scene: Scene, result: PostResult) -> None:
    """The way out that the message of one post names: adopted where it is live, else forgotten, or gone on with."""
    assert result.problem is not None
    named = _named(result.problem.fix)
    post_id, (target, media_id) = result.planned.id, _whose(scene, result.problem.fix)
    if target and (live := _became(scene, target) if media_id in ("", "MEDIA_ID") else media_id) is not None:
        say(scene, lambda session: reconcile.adopt(session, Desired(scene.posts), target, live))
    elif "forget" in named:
        _forget(scene, named["forget"][0])
    elif "resume" in named:
        _resume(scene, post_id)
    elif "abandon" in named:
        say(scene, lambda session: reconcile.abandon(session, post_id))
    else:
        raise Wrong(f"no way out is named: {result.problem.message} / {result.problem.fix}")


def delete(scene: Scene, post_id: str) -> None:
    """`publisher delete`, both keys given."""

    def down(session: Session) -> None:
        plan = look(session, Desired(scene.posts))
        report = take_down(session, takedown_plan(plan, [post_id], Verdict.DELETE, deletion_quotas(session)))
        if report.exit_code != 0:
            raise Wrong(f"not deleted: {told(report)}")

    say(scene, down)


def moved(state: State, old: str, new: str) -> tuple[State, tuple[str, ...]]:
    """What `publisher state mv` writes."""
    state, pointing = pointing_anew(state.moved(old, new, f"posts/{new}.yaml"), {old: new})
    return state, tuple(dict.fromkeys((old, new, *pointing)))


def say(scene: Scene, word: Callable[[Session], object]) -> None:
    """One command, with the state locked and loaded."""
    session = scene.session()
    with session.backend.lock(session.run):
        session.ledger.load()
        word(session)


def told(report: RunReport) -> str:
    """Everything that a run complained of."""
    problems = [f"{result.problem.code} {result.problem.message}" for result in report.posts if result.problem]
    return "; ".join(problems) or str(report.stopped_by)


def _forget(scene: Scene, target: str) -> None:
    """Refused where it is known to have gone live; who does not find it in the app says that it stays as it is."""
    try:
        say(scene, lambda session: reconcile.forget(session, target))
    except PublisherError as refused:
        named = _named(refused.fix)
        if "abandon" not in named:
            raise
        say(scene, lambda session: reconcile.abandon(session, named["abandon"][0]))


def _resume(scene: Scene, post_id: str) -> None:
    """Refused where the part was attempted; the refusal names what to do instead."""
    try:
        say(scene, lambda session: reconcile.resume(session, post_id))
    except PublisherError as refused:
        named = _named(refused.fix)
        (adopted, _), (forgotten, _) = named["adopt"], named["forget"]
        live = _became(scene, adopted)
        if live is None:
            say(scene, lambda session: reconcile.forget(session, forgotten))
        else:
            say(scene, lambda session: reconcile.adopt(session, Desired(()), adopted, live))


def _named(fix: str) -> dict[str, tuple[str, str]]:
    """The commands in a text: word to target and media id."""
    return {word: (target, media_id) for word, target, media_id in COMMAND.findall(fix)}


def _whose(scene: Scene, fix: str) -> tuple[str, str]:
    """The adoption that is named; where one live post could be two parts, the one that the app shows it to be."""
    named = [(target, media_id) for word, target, media_id in COMMAND.findall(fix) if word == "adopt"]
    return next((pair for pair in named[1:] if _became(scene, pair[0]) == pair[1]), (*named, ("", ""))[0])


def _became(scene: Scene, target: str) -> str | None:
    """What a person finds in the app under the words of this part."""
    post_id, _, index = target.partition("#")
    record = scene.memory.state().posts.get(post_id)
    part = record.parts[int(index or 1) - 1] if record is not None else None
    if part is None:
        return None
    ours, bound = {item["id"] for item in scene.live()}, scene.memory.state().bound_ids()
    live = [post for post in scene.world.published() if post.id in ours]
    by_container = (post.id for post in live if post.container_id == part.container)
    by_words = (post.id for post in live if post.id not in bound and text_hash(post.text) == part.text_sha256)
    return next(by_container, None) or next(by_words, None)
