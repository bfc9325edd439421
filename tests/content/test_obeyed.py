"""What a fix says to write is written, in every case of the corpus: the mistake is gone, and no other has come."""

import re
from collections.abc import Iterator, Sequence

import pytest
import yaml

from publisher.configuration import read_settings
from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.marks import Pointer
from publisher.content.parsing import parse
from publisher.content.validate import Source, check_posts
from publisher.settings import Settings
from tests.content.cases import CONFIG, CONTEXT, cases
from tests.content.looks import look, read

# What YAML and the schema say of a file: a fix must neither leave it behind nor bring it.
_FORM = re.compile(r"E1\d\d|E20\d|E214|E22[46]|E23[12]|E245|E261|E316|E51\d")
# Behind these words a block of the file stays one.
_BLOCK = re.compile(r"or the block with ([|>]-)")


def _check(path: str, data: bytes) -> Sequence[Finding]:
    if path.endswith(CONFIG):
        settings = read_settings(data, {})
        return () if isinstance(settings, Settings) else settings
    return check_posts([Source(path, data)], CONTEXT, look, read).findings


def _told(within: str) -> Iterator[tuple[str, Document, Finding]]:
    """Every finding of the corpus with its file, as far as its fix holds what is asked for."""
    for case in cases("invalid"):
        for path, data in case.files.items():
            document = parse(path, data)
            if isinstance(document, Document) and (case.single or path == CONFIG):
                for finding in _check(path, data):
                    if finding.path == path and within in finding.fix:
                        yield f"{case.name}:{finding.place.line}", document, finding


TOLD = list(_told("\n"))  # whose fix is something to write


@pytest.mark.parametrize(("document", "finding"), [each[1:] for each in TOLD], ids=[each[0] for each in TOLD])
def test_what_a_fix_says_to_write_mends_the_mistake(document: Document, finding: Finding) -> None:
    pointer, written = _pointer(document, finding), finding.fix.partition("\n")[2]
    if written.startswith("- ") and isinstance(pointer[-1], str):  # a key that makes up the whole of an item
        pointer = pointer[:-1]
    mended = _rewritten(document, pointer, written)
    assert not _still_wrong(finding, mended, pointer), mended


BLOCKS = [each for each in TOLD if _BLOCK.search(each[2].fix)]


@pytest.mark.parametrize(("document", "finding"), [each[1:] for each in BLOCKS], ids=[each[0] for each in BLOCKS])
def test_a_block_without_its_line_end_mends_the_mistake(document: Document, finding: Finding) -> None:
    pointer = _pointer(document, finding)
    mark = _BLOCK.search(finding.fix)
    assert mark is not None
    start = document.values[pointer].start_mark.index
    mended = document.source[:start] + re.sub(r"^[|>][+]?", mark[1], document.source[start:])
    assert not _still_wrong(finding, mended, pointer), mended


def _from(document: Document, finding: Finding) -> str:
    """The file from where a finding points."""
    lines = document.source.split("\n")[finding.place.line - 1 :]
    return "\n".join(lines)[finding.place.column - 1 :]


ALL = [each for each in _told("") if each[2].code in ("E202", "E260", "E261")]
ADDED = {"text: with words": "text: word", "media: with files": "media:\n  - file: cat.jpg\n    alt: A cat asleep"}
_ADD = re.compile(r"add (text: with words)(?:, or (media: with files))?")
MISSING = [
    (*each, added)
    for each in ALL
    if (match := _ADD.fullmatch(each[2].fix)) and not _from(each[1], each[2]).startswith("{")
    for added in match.groups()
    if added is not None
]


@pytest.mark.parametrize(("document", "finding", "added"), [each[1:] for each in MISSING], ids=[m[0] for m in MISSING])
def test_what_a_fix_says_to_add_can_be_added(document: Document, finding: Finding, added: str) -> None:
    behind = _from(document, finding)
    before = document.source[: len(document.source) - len(behind)]
    margin = " " * (finding.place.column - 1)
    mended = before + f"\n{margin}".join((*ADDED[added].split("\n"), behind))
    told = {one.message for one in _check(document.path, document.source.encode())}
    new = [one for one in _check(document.path, mended.encode()) if one.message not in told]
    left = [one for one in _check(document.path, mended.encode()) if one.place == finding.place]
    assert finding.message not in [one.message for one in left], mended
    assert not [one.message for one in new if one.code == "E260" or _FORM.fullmatch(one.code)], mended


_DELETE = re.compile(r"delete (\w+)(?:, or (\w+))?")
TOO_MUCH = [
    (*each, key)
    for each in ALL
    if (match := _DELETE.fullmatch(each[2].fix))
    for key in match.groups()
    if key is not None
]


@pytest.mark.parametrize(("document", "finding", "key"), [each[1:] for each in TOO_MUCH], ids=[m[0] for m in TOO_MUCH])
def test_what_a_fix_says_to_delete_can_be_deleted(document: Document, finding: Finding, key: str) -> None:
    start, end = _span(document, (*_pointer(document, finding)[:-1], key))
    margin = start - document.source.rfind("\n", 0, start) - 1
    mended = document.source[:start] + document.source[end:].removeprefix("\n" + " " * margin)
    left = _check(document.path, mended.encode())
    assert finding.message not in [one.message for one in left], mended
    assert not {one.code for one in left} & {"E100", "E202"}, mended


def _pointer(document: Document, finding: Finding) -> Pointer:
    """What a finding points at: a value, or a key whose value is a list or keys."""
    keys = (pointer for pointer in document.keys if document.key_place_of(pointer) == finding.place)
    values = (pointer for pointer in document.values if pointer and document.place_of(pointer) == finding.place)
    return next(keys, None) or next(values)


def _rewritten(document: Document, pointer: Pointer, written: str) -> str:
    """The file with the value at `pointer`, its key included, as `written`."""
    start, end = _span(document, pointer)
    lines = written.split("\n")
    if isinstance(pointer[-1], int):
        assert all(line[:2] in ("- ", "  ") for line in lines)
        lines = [line[2:] for line in lines]
    margin = " " * (start - document.source.rfind("\n", 0, start) - 1)
    return document.source[:start] + f"\n{margin}".join(lines) + document.source[end:]


def _span(document: Document, pointer: Pointer) -> tuple[int, int]:
    """From where to where the value at `pointer` stands in the file, with its key; the line end is not in it."""
    above: yaml.Node | None = None
    node = yaml.compose(document.source, Loader=yaml.SafeLoader)
    for step in pointer:
        if isinstance(step, int):
            above, node = None, node.value[step]
        else:
            above, node = next((key, value) for key, value in node.value if key.value == step)
    start, end = (above or node).start_mark.index, node.end_mark.index
    return start, len(document.source[:end].rstrip())


def _still_wrong(mended: Finding, text: str, pointer: Pointer) -> list[Finding]:
    """Findings of the same kind, or about the form, of what stands at `pointer` or in it."""
    document = parse(mended.path, text.encode())
    assert isinstance(document, Document), document
    ours = {place(each) for each in _inside(document, pointer) for place in (document.place_of, document.key_place_of)}
    left = [one for one in _check(mended.path, text.encode()) if one.place in ours]
    return [one for one in left if one.code == mended.code or _FORM.fullmatch(one.code)]


def _inside(document: Document, pointer: Pointer) -> list[Pointer]:
    return [each for each in document.values if each[: len(pointer)] == pointer]
