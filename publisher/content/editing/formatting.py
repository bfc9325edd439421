"""One style for all post files: keys in the order of the schema, two spaces, blocks for text of several lines.

A value is never changed, a comment never lost. What a file says is compared before and after; should that ever differ,
the file is given back as it was, with the reason.
"""

from dataclasses import dataclass, replace

from publisher.content.document import Document
from publisher.content.editing.layout import Branch, Entry, Layout, Leaf, layout
from publisher.content.editing.rules import keys_at
from publisher.content.editing.scalars import escaped, folded, has_chosen_escape, literal
from publisher.content.findings import Finding
from publisher.content.parsing import parse

_BOM = "\ufeff"
_MODELINE = ("# yaml-language-server:", "# $schema:")


@dataclass(frozen=True, slots=True)
class Formatted:
    """What became of one file."""

    data: bytes  # the file in our style, or as it was
    left_because: str = ""  # why it was left alone: "its keys are in brackets"


def format_post(path: str, data: bytes, modeline: str | None = None) -> Formatted | tuple[Finding, ...]:
    """The file in our style, or what is wrong with it as YAML: then it is not touched.

    `modeline` tells editors where the schema is; a file that has none gets it as its first line.
    """
    document = parse(path, data)
    if not isinstance(document, Document):
        return document
    text = _formatted(document, modeline)
    if text is None:
        return Formatted(data, "its keys are in brackets")
    new = ended_as(data, text)
    if (lost := _lost(path, document, new)) is not None:
        return Formatted(data, lost)
    return Formatted(new)


def _formatted(document: Document, modeline: str | None) -> str | None:
    unix = parse(document.path, document.source.replace("\r\n", "\n").encode())
    found = layout(unix) if isinstance(unix, Document) else None
    if not isinstance(unix, Document) or found is None:
        return None
    lines = _lines(_with_modeline(found, modeline), unix)
    return "\n".join(lines).lstrip("\n") + "\n"


def ended_as(data: bytes, text: str) -> bytes:
    """The text with the line ends, and the byte order mark, that the file began with."""
    first, newline, _ = data.partition(b"\n")
    if newline and first.endswith(b"\r"):
        text = text.replace("\n", "\r\n")
    return ((_BOM if data.startswith(_BOM.encode()) else "") + text).encode()


def _lost(path: str, before: Document, new: bytes) -> str | None:
    """What an edit has lost; None when nothing."""
    after = parse(path, new)
    if not isinstance(after, Document) or after.data != before.data:
        return "a value would change"
    if len(after.warnings) != len(before.warnings) or after.source.count("#") < before.source.count("#"):
        return "a comment would be lost"
    return None


# --- the order of keys ------------------------------------------------------------------------------------------------


def _sorted(branch: Branch) -> tuple[Entry, ...]:
    order = {key: n for n, key in enumerate(keys_at(branch.pointer))}
    entries = sorted(branch.entries, key=lambda entry: order.get(entry.key or "", len(order)))
    old, new = branch.entries[0], entries[0]
    if old is new:
        return tuple(entries)
    # Blank lines part groups of keys; above the first key there is nothing to part it from.
    blanks = _blank(new)
    swapped = {id(new): replace(new, leading=new.leading[blanks:])}
    swapped[id(old)] = replace(old, leading=("",) * blanks + old.leading)
    return tuple(swapped.get(id(entry), entry) for entry in entries)


def _blank(entry: Entry) -> int:
    return next((n for n, line in enumerate(entry.leading) if line), len(entry.leading))


# --- the lines --------------------------------------------------------------------------------------------------------


def _with_modeline(found: Layout, modeline: str | None) -> Layout:
    known = next((line for line in found.head if line.startswith(_MODELINE)), modeline)
    if known is None:
        return found
    return replace(found, head=(known, *(line for line in found.head if line != known)))


def _lines(found: Layout, document: Document) -> list[str]:
    end = list(found.end)
    while end and not end[-1]:
        end.pop()
    return [*found.head, *_branch_lines(found.root, 0, document), *end]


def _branch_lines(branch: Branch, indent: int, document: Document) -> list[str]:
    write = _item_lines if branch.is_list else _key_lines
    return [line for entry in _sorted(branch) for line in write(entry, indent, document)]


def _key_lines(entry: Entry, indent: int, document: Document) -> list[str]:
    margin = " " * indent
    lines = [_indented(line, indent) for line in entry.leading]
    if isinstance(entry.value, Branch):
        lines.append(f"{margin}{entry.written}:{entry.tail}")
        lines += _branch_lines(entry.value, indent + 2, document)
    else:
        first, *rest = _leaf_lines(entry, entry.value, indent + 2, document)
        lines.append(f"{margin}{entry.written}:{first}")
        lines += rest
    return [*lines, *(_indented(line, indent) for line in entry.trailing)]


def _item_lines(entry: Entry, indent: int, document: Document) -> list[str]:
    if isinstance(entry.value, Leaf):
        first, *rest = _leaf_lines(entry, entry.value, indent + 2, document)
        lines = [" " * indent + "-" + first, *rest]
    else:
        lines = _branch_lines(entry.value, indent + 2, document)
        start = next(n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
        above = [_indented(line.strip(), indent) for line in lines[:start]]
        lines = [*above, " " * indent + "- " + lines[start][indent + 2 :], *lines[start + 1 :]]
    leading, trailing = ([_indented(line, indent) for line in each] for each in (entry.leading, entry.trailing))
    return [*leading, *lines, *trailing]


def _indented(line: str, indent: int) -> str:
    return " " * indent + line if line else ""


def _leaf_lines(entry: Entry, leaf: Leaf, indent: int, document: Document) -> list[str]:
    """What follows the colon or the hyphen; the value's further lines stand at `indent`."""
    lines = _value_lines(leaf, indent, document)
    # Behind the header of a block, behind the last character of anything else.
    at = 0 if lines[0].startswith(("|", ">")) else -1
    lines[at] += entry.tail
    return [f" {lines[0]}" if leaf.written else lines[0], *lines[1:]]


def _value_lines(leaf: Leaf, indent: int, document: Document) -> list[str]:
    event = document.values[leaf.pointer]
    if hasattr(event, "flow_style"):
        return _shifted(leaf, indent)
    value: str = event.value
    if leaf.is_block:
        return _block_lines(leaf, indent, value)
    if "\n" not in leaf.written and "\n" not in value:
        return [leaf.written]
    block = None
    if not has_chosen_escape(leaf.written):
        block = literal(value, indent) if "\n" in value else folded(value, indent)
    first, *rest = leaf.written.split("\n")
    return block or [first, *(_indented(line.strip(), indent) for line in rest)]


def _block_lines(leaf: Leaf, indent: int, value: str) -> list[str]:
    lines = literal(value, indent)
    if lines is None:
        return [escaped(value)]
    if leaf.written.startswith("|"):
        return lines
    header, *rest = leaf.written.split("\n")
    head = header.partition("#")[0].rstrip()
    if any(character.isdigit() for character in head):
        return lines  # where its text begins is counted from the key, which may have moved
    column = next((_margin(line) for line in rest if line.strip(" ")), 0)
    return [head, *(_indented(line[column:], indent) for line in rest)]


def _shifted(leaf: Leaf, indent: int) -> list[str]:
    """A value in brackets: its further lines keep their shape, and what closes it stands below its key."""
    first, *rest = leaf.written.split("\n")
    least = min((_margin(line) for line in rest if line.strip() and not _closes(line)), default=0)
    margins = (indent - 2 if _closes(line) else indent + max(_margin(line) - least, 0) for line in rest)
    return [first, *(_indented(line.strip(), margin) for line, margin in zip(rest, margins, strict=True))]


def _closes(line: str) -> bool:
    return line.strip().startswith(("]", "}"))


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
