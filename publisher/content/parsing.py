"""From the bytes of a file to a document, or to everything that is wrong with it as YAML.

What could make a file mean more, or other, than a reviewer sees is refused on the way: anchors, aliases, tags, merge
keys, duplicate keys, several documents, control characters, files too large or too deep. `parse` gathers all of that in
one go; it knows nothing of posts, and publisher.yaml is read by it too.
"""

import re

from publisher.content.characters import BOM, FORBIDDEN, want_a_second_look
from publisher.content.document import Document
from publisher.content.findings import START, Finding, Place, found
from publisher.content.simple import read_simple
from publisher.content.straight import CParser, read_straight

MAX_BYTES = 64 * 1024
MOST_ALIKE = 100  # findings of one kind in one file; whoever reads the hundredth knows what to look for


def parse(path: str, data: bytes) -> "Document | tuple[Finding, ...]":
    """The file as a document, or everything that is wrong with it as YAML.

    `path` is from the repository's root; `data` is the whole file (one byte over `MAX_BYTES` is enough to refuse it).
    Never raises for what is in the file.
    """
    if len(data) > MAX_BYTES:
        return (found("E108", path, START, f"the file is larger than {MAX_BYTES // 1024} KiB"),)
    data = data.removeprefix(BOM)
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return (_not_utf8(path, data, error.start),)
    strange = want_a_second_look(data)
    if (strange or b"\r" in data) and (bad := _forbidden(path, data, source)):
        return bad
    # Places come from libyaml; where there is none, its absence costs so much that reading need not be quick.
    if CParser is not None and (simple := read_simple(source)) is not None:
        return Document(path, simple, source, None, strange=strange)
    if (read := read_straight(data, source)) is not None:
        return Document(path, read[0], source, read[1], strange=strange)

    from publisher.content.building import build  # few files are not straight

    return build(path, data, source)


def _forbidden(path: str, data: bytes, source: str) -> tuple[Finding, ...]:
    if re.search(FORBIDDEN, source) is None and data.count(b"\r") == data.count(b"\r\n"):
        return ()
    findings = []
    for number, line in enumerate(source.replace("\r\n", "\n").split("\n"), start=1):
        match = re.search(f"{FORBIDDEN}|\r", line)
        if match:
            column = match.start() + 1
            place = Place(number, column, number, column + 1)
            findings.append(found("E109", path, place, f"the character U+{ord(match[0]):04X} is not allowed in a file"))
            if len(findings) == MOST_ALIKE:
                break
    return tuple(findings)


def _not_utf8(path: str, data: bytes, at: int) -> Finding:
    line = data.count(b"\n", 0, at) + 1
    before = data[data.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", "replace")
    place = Place(line, len(before) + 1, line, len(before) + 2)
    return found("E109", path, place, f"the file is not UTF-8: byte 0x{data[at]:02X} stands alone")
