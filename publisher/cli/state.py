"""`publisher state`: the record of what is live, begun, looked at and repaired by hand."""

import click

from publisher.cli.console import Console, open_console
from publisher.cli.lazy import SharedCommand, SharedGroup
from publisher.cli.shared import confirm, open_record, read_files, sandbox_option
from publisher.content.post import Post
from publisher.errors import PublisherError
from publisher.planning.matching import never_begun
from publisher.planning.moves import pointing_anew
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import state_json
from publisher.report.escape import one_line
from publisher.report.text.findings import counted


@click.group(cls=SharedGroup)
def command() -> None:
    """The record of what is live: without it everything would be posted again."""


@command.command(cls=SharedCommand, epilog="publisher state init\npublisher state init --baseline")
@click.option("--baseline", is_flag=True, help="Every post that is here now is not to be published.")
@sandbox_option
@open_console
def init(console: Console, baseline: bool, sandbox: bool) -> int:
    """Begin a state.

    Refused where there is one already: beginning again would forget what is live.
    """
    from publisher.wiring.state import new_state

    record = open_record(console, sandbox=sandbox)
    state = new_state(record.account, record.where)
    skipped: tuple[Post, ...] = ()
    if baseline:
        files = read_files(console, ())
        files.check_errors(console, state)  # one that cannot be read would be left out, and published once it is mended
        skipped = files.desired.posts
    state = record.backend.create(new_state(record.account, record.where, skipped))
    kept = f"; what is here now is not to be published ({counted(len(skipped), 'post')})" if baseline else ""
    console.show(f"{record.backend.where}: begun for the account {state.account}{kept}")
    console.next("publisher plan")
    return 0


@command.command("list", cls=SharedCommand, epilog="publisher state list\npublisher state list --format json")
@sandbox_option
@open_console
def list_(console: Console, sandbox: bool) -> int:
    """Every recorded post: how far it is, and its link."""
    record = open_record(console, sandbox=sandbox)
    state = record.state()
    if console.options.format == "json":
        from publisher.report.json import json_text, records_document

        console.show(json_text(records_document(state)))
    else:
        from publisher.report.text.records import records_text

        console.show(records_text(state, record.backend.where, console.paint))
    return 0


@command.command(cls=SharedCommand, epilog="publisher state show 01-hello\npublisher state show 01-hello --format json")
@click.argument("post_id", metavar="ID")
@sandbox_option
@open_console
def show(console: Console, post_id: str, sandbox: bool) -> int:
    """All that is known of one post, part by part."""
    found = _known(open_record(console, sandbox=sandbox).state(), post_id)
    if console.options.format == "json":
        from publisher.report.json import json_text, record_document

        console.show(json_text(record_document(post_id, found)))
    else:
        from publisher.report.text.records import record_text

        console.show(record_text(post_id, found, console.paint))
    return 0


@command.command(cls=SharedCommand, epilog="publisher state verify")
@sandbox_option
@open_console
def verify(console: Console, sandbox: bool) -> int:
    """Read the state and check that it is whole, ours, and not an older one. Exits with 8 when it is not."""
    record = open_record(console, sandbox=sandbox)
    state = record.state()
    facts = f"serial {state.serial}, lineage {state.lineage[:8]}, {counted(len(state.posts), 'post')}"
    console.show(f"{record.backend.where}: {console.paint.green('ok')}, {facts}")
    return 0


@command.command(cls=SharedCommand, epilog="publisher state export > state.json\npublisher plan --state state.json")
@sandbox_option
@open_console
def export(console: Console, sandbox: bool) -> int:
    """Print the whole state as one JSON document, whatever the backend."""
    from publisher.report.json import json_text

    console.show(json_text(state_json(open_record(console, sandbox=sandbox).state())))
    return 0


@command.command(cls=SharedCommand, epilog="publisher state unlock")
@click.option("--yes", is_flag=True, help="Do not ask.")
@sandbox_option
@open_console
def unlock(console: Console, yes: bool, sandbox: bool) -> int:
    """Take away a lock whose run has died.

    Of a state in a file a run that is alive keeps it: the lock is the system's. On a branch and in S3 it is a lease,
    and goes whosever it is; left alone, it ends by itself. Make sure first that its run is over: two at a time stop
    each other.
    """
    record = open_record(console, sandbox=sandbox)
    confirm(console, f"Take the lock of {record.backend.where} away?", yes=yes)
    console.show(f"{record.backend.where}: {record.backend.unlock()}")
    return 0


@command.command(cls=SharedCommand, epilog="publisher state mv old-name new-name")
@click.argument("old")
@click.argument("new")
@sandbox_option
@open_console
def mv(console: Console, old: str, new: str, sandbox: bool) -> int:
    """Give the record of OLD the id NEW, as when a published post's file was renamed and changed at once."""
    record = open_record(console, sandbox=sandbox)
    with record.backend.lock(record.run):
        state = record.state()
        path = _known(state, old).path
        if not never_begun(state, new):
            raise PublisherError(
                f"{one_line(new)} has a record of its own", code="E425", fix=f"publisher state show {new}"
            )
        moved, pointing = pointing_anew(state.moved(old, new, path), {old: new})
        record.backend.save(moved, tuple(dict.fromkeys((old, new, *pointing))))
    console.show(f"{one_line(old)} is {one_line(new)} now")
    return 0


@command.command(cls=SharedCommand, epilog="publisher state rm 01-hello --yes")
@click.argument("post_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@sandbox_option
@open_console
def rm(console: Console, post_id: str, yes: bool, sandbox: bool) -> int:
    """Forget a post. While its file is there, the next run publishes it again.

    Refused for one whose attempt is not settled: it may be live, and `publisher reconcile` finds out.
    """
    from publisher.planning.forgetting import refusal, warning

    record = open_record(console, sandbox=sandbox)
    with record.backend.lock(record.run):
        state = record.state()
        found = _known(state, post_id)
        refused = refusal(one_line(post_id), found)
        if refused is not None:
            raise refused
        confirm(console, " ".join((f"Forget {one_line(post_id)}?", warning(found))).rstrip(), yes=yes)
        record.backend.save(state.without(post_id), (post_id,))
    console.show(f"{one_line(post_id)} is forgotten")
    return 0


def _known(state: State, post_id: str) -> PostRecord:
    found = state.posts.get(post_id)
    if found is None:
        raise PublisherError(f"the state knows no post {one_line(post_id)}", code="E424", fix="publisher state list")
    return found
