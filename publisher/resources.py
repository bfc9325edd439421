"""Where the files that ship with the package lie: the schemas and the example posts.

They live once, at the top of the repository, where editors and people look for them. The wheel carries a copy
under `publisher/_data`; an editable install, which copies nothing, reads the originals. Callers see one path.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a shipped file or folder, such as `schemas/post.json` or `example-posts`.

    `name` is relative and uses `/`. Raises `FileNotFoundError` when the installation lacks it: that is a broken
    installation, never the user's mistake.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        found = root / name
        if found.exists():
            return found
    raise FileNotFoundError(f"{name} is not part of this installation of threads-publisher; install it again")
