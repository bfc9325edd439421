"""What a fix says to write is written, in every case of the corpus: the mistake is gone, and no other has come."""

import re
from collections.abc import Iterator, Sequence

import pytest

from publisher.configuration import read_settings
from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.marks import Pointer
from publisher.content.parsing import parse
from publisher.content.validate import Source, check_posts
from publisher.settings import Settings
from tests.content.cases import CONFIG, CONTEXT, cases
from tests.content.looks import look, read

# Findings about the form of a file, which a fix of that form must not leave behind or bring.
_FORM = re.compile(r"E1\d\d|E20\d|E214|E22\d|E23[124]|E245|E26[01]|E316|E331|E51\d|E525")
# Behind these words a block of the file stays one.
_BLOCK = re.compile(r"or the block with ([|>]-)")


def _check(path: str, data: bytes) -> Sequence[Finding]:
    if path.endswith(CONFIG):
        settings = read_settings(data, {})
        return () if isinstance(settings, Settings) else settings
    return check_posts([Source(path, data)], CONTEXT, look, read).findings


def _told() -> Iterator[tuple[str, Document, Finding]]:
    """Every finding of the corpus whose fix is something to write, with its file."""
    for case in cases("invalid"):
        for path, data in case.files.items():
            document = parse(path, data)
            if isinstance(document, Document) and (case.single or path == CONFIG):
                for finding in _check(path, data):
                    if finding.path == path and "\n" in finding.fix and "write a list" not in finding.fix:
                        yield f"{case.name}:{finding.place.line}", document, finding


TOLD = list(_told())


@pytest.mark.parametrize(("document", "finding"), [each[1:] for each in TOLD], ids=[each[0] for each in TOLD])
def test_what_a_fix_says_to_write_mends_the_mistake(document: Document, finding: Finding) -> None:
    pointer = _pointer(document, finding)
    mended = _rewritten(document, pointer, finding.fix.partition("\n")[2])
    assert not _still_wrong(document.path, mended, pointer), mended


BLOCKS = [each for each in TOLD if _BLOCK.search(each[2].fix)]


@pytest.mark.parametrize(("document", "finding"), [each[1:] for each in BLOCKS], ids=[each[0] for each in BLOCKS])
def test_a_block_without_its_line_end_mends_the_mistake(document: Document, finding: Finding) -> None:
    pointer = _pointer(document, finding)
    mark = _BLOCK.search(finding.fix)
    assert mark is not None
    start = document.values[pointer].start_mark.index
    mended = document.source[:start] + re.sub(r"^[|>][+]?", mark[1], document.source[start:])
    assert not _still_wrong(document.path, mended, pointer), mended


def _pointer(document: Document, finding: Finding) -> Pointer:
    """What a finding points at: a value, or a key whose value is a list or keys."""
    keys = (pointer for pointer in document.keys if document.key_place_of(pointer) == finding.place)
    values = (pointer for pointer in document.values if pointer and document.place_of(pointer) == finding.place)
    return next(keys, None) or next(values)


def _rewritten(document: Document, pointer: Pointer, written: str) -> str:
    """The file with the value at `pointer`, its key included, as `written`."""
    value = document.values[pointer]
    start = document.keys[pointer].start_mark if pointer in document.keys else value.start_mark
    lines = written.split("\n")
    if pointer not in document.keys:
        assert all(line[:2] in ("- ", "  ") for line in lines)
        lines = [line[2:] for line in lines]
    end = value.end_mark.index
    while document.source[:end].endswith(("\n", " ")):
        end -= 1
    return document.source[: start.index] + f"\n{' ' * start.column}".join(lines) + document.source[end:]


def _still_wrong(path: str, text: str, pointer: Pointer) -> list[Finding]:
    """Findings about the form of what stands at `pointer` or in it."""
    document = parse(path, text.encode())
    assert isinstance(document, Document), document
    ours = {place(each) for each in _inside(document, pointer) for place in (document.place_of, document.key_place_of)}
    return [one for one in _check(path, text.encode()) if one.place in ours and _FORM.fullmatch(one.code)]


def _inside(document: Document, pointer: Pointer) -> list[Pointer]:
    return [each for each in document.values if each[: len(pointer)] == pointer]
