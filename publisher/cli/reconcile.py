"""`publisher reconcile`: settle what is open, by evidence or by a person's word."""

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand
from publisher.cli.progress import Watch
from publisher.cli.shared import confirm, read_files
from publisher.errors import NeedsPerson, worst
from publisher.planning.records import Phase, PostRecord
from publisher.publishing import reconcile
from publisher.publishing.run import Desired, Session
from publisher.wiring.destination import destination
from publisher.wiring.session import open_session

_EPILOG = """
publisher reconcile
publisher reconcile --adopt 06-poll=18050000000000002
publisher reconcile --forget 06-poll --yes
"""

_OPEN = (Phase.INTENT, Phase.UNBOUND, Phase.PARKED)


@click.command(cls=SharedCommand, epilog=_EPILOG)
@click.option("--adopt", multiple=True, metavar="POST[#PART]=MEDIA_ID", help="This live post is it.")
@click.option("--confirm", multiple=True, metavar="MEDIA_ID", help="--adopt this one although it says something else.")
@click.option("--forget", multiple=True, metavar="POST[#PART]", help="It is not live: the next run sends it.")
@click.option("--resume", multiple=True, metavar="POST", help="A parked chain goes on.")
@click.option("--abandon", multiple=True, metavar="POST", help="A parked chain stays as it is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--sandbox", is_flag=True, help="At the embedded sandbox, in .publisher/sandbox/.")
@open_console
def command(console: Console, yes: bool, sandbox: bool, **words: tuple[str, ...]) -> int:
    """Look again at all that is open, and settle what evidence settles; nothing is ever published here.

    What only a person can know is told by the options. Each of them is checked against what Threads says first: nothing
    that is live, or could still go live, is forgotten, and a post is adopted only where it stands in its chain. Exits
    with 4 while something still needs a person.
    """
    files = read_files(console, ())
    watch = Watch(console)
    with destination(files.place, console.environ, sandbox=sandbox) as where:
        session = open_session(
            files.place, files.account, where, console.environ, tell=watch, interrupted=watch.interrupted
        )
        with session.backend.lock(session.run):
            session.ledger.load()
            if any(given for name, given in words.items() if name != "confirm"):
                _record_words(console, session, files.desired, words, yes=yes)
                codes: set[int] = set()
            else:
                with watch.going():
                    codes = _look_again(session)
            return _report(console, session, files.desired, codes)


def _look_again(session: Session) -> set[int]:
    applied = reconcile.settle_open(session)
    if applied.stopped_by is not None:
        raise applied.stopped_by
    ended = [journey.ended.problem for journey in applied.journeys if journey.ended is not None]
    return {problem.exit_code for problem in ended if problem is not None}


def _record_words(
    console: Console, session: Session, desired: Desired, words: dict[str, tuple[str, ...]], *, yes: bool
) -> None:
    for word in words["adopt"]:
        target, equals, media_id = word.partition("=")
        if not equals or not media_id:
            raise click.UsageError(f'--adopt takes POST=MEDIA_ID, not "{word}"')
        confirm(console, f"Record that {target} is live as {media_id}?", yes=yes)
        reconcile.adopt(session, desired, target, media_id, confirmed=words["confirm"])
    for target in words["forget"]:
        confirm(console, f"Record that {target} is not live, so that the next run sends it?", yes=yes)
        reconcile.forget(session, target, desired)
    for post_id in words["resume"]:
        confirm(console, f"Let the chain {post_id} go on with its next part?", yes=yes)
        reconcile.resume(session, post_id, desired)
    for post_id in words["abandon"]:
        confirm(console, f"Leave the chain {post_id} as it is, for good?", yes=yes)
        reconcile.abandon(session, post_id, desired)


def _needs_a_person(record: PostRecord) -> bool:
    """Not what a person has settled already, and the next run sends."""
    return record.phase in _OPEN and not record.dismissed


def _report(console: Console, session: Session, desired: Desired, codes: set[int]) -> int:
    """What is still open, with the command that settles each."""
    state = session.ledger.state
    still = {key: record for key, record in state.posts.items() if _needs_a_person(record)}
    if still:
        codes = codes | {NeedsPerson.exit_code}
    if console.options.format == "json":
        from publisher.report.json import json_text, open_document

        console.show(json_text(open_document(still)))
    else:
        from publisher.report.text.records import open_text

        gone = still.keys() - {post.id for post in desired.posts} - desired.broken
        console.show(console.typed(open_text(still, console.paint, gone=gone)))
    return worst(codes)
