"""A new post file, written as a person would: text as a block, nothing that needs quotes or counting."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

MISSING_ALT = "TODO"  # `validate` refuses it: what nobody described is not published


def post_file_text(text: str, media: Sequence[str] = (), *, at: str | None = None, schema: str | None = None) -> str:
    """The file. `media` are paths from it; `schema` is where editors find ours, from it too."""
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    if text.strip():
        lines += ["text: |-", *(f"  {line}".rstrip() for line in text.strip().splitlines())]
    if media:
        lines.append("media:")
    for path in media:
        lines += [f"  - file: {_scalar(path)}", f"    alt: {MISSING_ALT}"]
    if at:
        lines.append(f"publish_at: {at}")
    return "\n".join(lines) + "\n"


def file_name(title: str, day: date) -> str:
    """ "2026-12-01-acme-2-0-is-out.yaml".

    >>> file_name("Acme 2.0 is out 🎉", date(2026, 12, 1))
    '2026-12-01-acme-2-0-is-out.yaml'
    """
    apart = unicodedata.normalize("NFKD", re.sub("['’]", "", title.casefold()))
    plain = apart.encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    stem = "-".join(words)[:60].strip("-")
    return f"{day.isoformat()}-{stem or 'post'}.yaml"


def _scalar(text: str) -> str:
    """Plain where YAML takes it as it is, else in single quotes."""
    return text if re.fullmatch(r"[\w./-]*[\w/-]", text) else "'" + text.replace("'", "''") + "'"
