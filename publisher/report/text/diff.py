"""What an edit would change, as a unified diff for people: what no eye would see in it is made visible."""

from difflib import unified_diff

from publisher.report.escape import no_commands, visible
from publisher.report.paint import Paint


def diff_text(path: str, before: bytes, after: bytes, paint: Paint) -> str:
    """The diff of one file; "" when nothing changes. `path` is from the repository's root."""
    old, new = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (before, after))
    lines = []
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}"):
        lines += [visible(line.rstrip("\r\n")), *([] if line.endswith("\n") else [r"\ No newline at end of file"])]
    return no_commands("\n".join(_painted(line, paint) for line in lines))  # a line around the change may look like one


def _painted(line: str, paint: Paint) -> str:
    if line.startswith(("+++", "---", "@@")):
        return paint.dim(line)
    return paint.green(line) if line.startswith("+") else paint.red(line) if line.startswith("-") else line
