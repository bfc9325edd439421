"""Which commands there are: a row each. `publisher --help` is made of this alone, so that it loads nothing else."""

from typing import NamedTuple


class Row(NamedTuple):
    """One command: where it lives, and its line in the overview."""

    name: str
    section: str
    module: str  # below publisher.cli; it has a `command`
    help: str


ROWS = (
    Row("demo", "Start", "demo", "the whole loop on a Threads of your own; no account needed"),
    Row("init", "Start", "init", "config, a first post, workflows and editor settings"),
    Row("new", "Start", "new", "a post file from a title, pictures or a form"),
    Row("validate", "Write", "validate", "find every mistake, with its place and its fix"),
    Row("fmt", "Write", "fmt", "one style for all post files, comments kept"),
    Row("split", "Write", "split", "a long text as a chain, cut where sentences end"),
    Row("explain", "Write", "explain", "what a code means, with a bad and a good example"),
    Row("plan", "Publish", "plan", "what publish would do; changes nothing"),
    Row("publish", "Publish", "publish", "send what is due, exactly once"),
    Row("status", "Publish", "status", "every post, where it stands, its links"),
    Row("reconcile", "Publish", "reconcile", "settle what is open or unknown"),
    Row("delete", "Publish", "delete", "take a post down whose file is gone"),
    Row("replace", "Publish", "replace", "take a post down and send its new words"),
    Row("auth", "Tools", "auth", "the account's token: login, status, refresh, logout"),
    Row("state", "Tools", "state", "the record of what is live: init, list, show, verify, …"),
    Row("ci", "Tools", "ci", "plan and publish for workflows, with summaries"),
    Row("schema", "Tools", "schema", "the JSON Schemas, for editors"),
    Row("sandbox", "Tools", "sandbox", "Threads and S3 on this machine, for any client"),
)

SECTIONS = tuple(dict.fromkeys(row.section for row in ROWS))
