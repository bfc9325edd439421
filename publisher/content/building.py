"""From the parser's events to plain data: one pass that tells on the way what YAML allows and posts do not.

Here come the few files that `straight` does not read. Events instead of a loader: no resolver, no constructor, and
nothing is composed before its size, depth and kind are known. libyaml's parser is used where it is there, PyYAML's own
otherwise; both give the same events and marks.
"""

from typing import Any

import yaml

from publisher.content.characters import forbidden_character
from publisher.content.document import Document
from publisher.content.findings import START, Finding, Place, found, has_errors
from publisher.content.marks import Marks, Pointer
from publisher.content.straight import MAX_DEPTH, MAX_NODES, CParser


class _PureParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """PyYAML's own parser, which it offers only as a part of its loaders."""

    def __init__(self, data: bytes) -> None:
        yaml.reader.Reader.__init__(self, data)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


class _TooMuch(Exception):
    """The file is deeper or has more values than any post; building stops here."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def parser_for(data: bytes, *, pure: bool = False) -> Any:
    """An object whose `get_event()` yields the events of `data`."""
    return _PureParser(data) if pure or CParser is None else CParser(data)


def build(path: str, data: bytes, source: str, *, pure: bool = False) -> "Document | tuple[Finding, ...]":
    """The document of one file that is UTF-8 without a byte order mark, or its findings. `pure`: without libyaml."""
    document, findings = build_anyway(path, data, source, pure=pure)
    return findings if document is None or has_errors(findings) else document


def build_anyway(
    path: str, data: bytes, source: str, *, pure: bool = False
) -> tuple["Document | None", tuple[Finding, ...]]:
    """The document even where something in it is refused, and every finding; None where there is no set of keys.

    What is refused has a harmless stand-in: an alias is an empty text, of a key written twice the last counts.
    """
    builder = _Builder(path, source)
    try:
        parser = parser_for(data, pure=pure)
        builder.get = parser.get_event
        root = builder.stream()
    except _TooMuch as stop:
        return None, (*builder.findings, stop.finding)
    except yaml.YAMLError as error:
        if not pure and "nesting depth" in str(getattr(error, "problem", "")):
            return build_anyway(path, data, source, pure=True)  # libyaml gives up before it tells where depth 20 was
        from publisher.content.syntax import explain

        last = explain(path, source, error)
        # `*bold claim` is an alias first and a mistake next: one finding for one mistake.
        earlier = (finding for finding in builder.findings if finding.place.line != last.place.line)
        return None, (*earlier, last)
    if not isinstance(root, dict):
        return None, (*builder.findings, _no_mapping(path, root, builder.values.get(())))
    findings = tuple(builder.findings)
    return Document(path, root, source, Marks(builder.values, builder.keys), findings), findings


class _Builder:
    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.source = source
        self.findings: list[Finding] = []
        self.values: dict[Pointer, Any] = {}
        self.keys: dict[Pointer, Any] = {}
        self.nodes = 0
        self.get: Any = None
        self.may_swallow = " #" in source or "\t#" in source
        self.may_escape = "\\" in source

    def stream(self) -> Any:
        """The data of the only document; None when there is none."""
        self.get()  # the start of the stream
        event = self.get()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        if getattr(event, "tags", None):
            self._refuse("E104", event, "a %TAG directive is not allowed")
        root = self._node(self.get(), (), 1)
        self.get()  # the end of the document
        if not isinstance(event := self.get(), yaml.StreamEndEvent):
            self._refuse("E102", event, "a second document begins here; a file is one document")
        return root

    def _node(self, event: Any, pointer: Pointer, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _TooMuch(found("E108", self.path, _place(event), f"the file has more than {MAX_NODES:,} values"))
        self.values[pointer] = event
        if event.__class__ is yaml.ScalarEvent:
            return self._scalar(event, pointer)
        if event.__class__ is yaml.AliasEvent:
            self._refuse("E103", event, f"an alias (*{event.anchor}) is not allowed")
            return ""
        if event.anchor is not None or event.tag is not None:
            self._properties(event)
        if depth > MAX_DEPTH:
            raise _TooMuch(found("E107", self.path, _place(event), f"values are nested more than {MAX_DEPTH} deep"))
        if event.__class__ is yaml.MappingStartEvent:
            return self._mapping(pointer, depth)
        return self._sequence(pointer, depth)

    def _sequence(self, pointer: Pointer, depth: int) -> list[Any]:
        items: list[Any] = []
        while (event := self.get()).__class__ is not yaml.SequenceEndEvent:
            items.append(self._node(event, (*pointer, len(items)), depth + 1))
        return items

    def _mapping(self, pointer: Pointer, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while (event := self.get()).__class__ is not yaml.MappingEndEvent:
            key = self._key(event, depth)
            below = (*pointer, key)
            if key in mapping:
                self._duplicate(event, below)
            elif key == "<<" and not event.style:
                self._refuse("E106", event, "a merge key (<<) is not allowed")
            self.keys[below] = event
            mapping[key] = self._node(self.get(), below, depth + 1)
        return mapping

    def _key(self, event: Any, depth: int) -> str:
        if event.__class__ is yaml.ScalarEvent:
            return self._scalar(event, None)
        if event.__class__ is yaml.AliasEvent:
            self._refuse("E103", event, f"an alias (*{event.anchor}) is not allowed")
            return f"*{event.anchor}"
        self._refuse("E112", event, "a key is a word, not a list or a mapping")
        self._node(event, ("?",), depth + 1)
        return f"?{self.nodes}"

    def _scalar(self, event: Any, pointer: Pointer | None) -> str:
        if event.anchor is not None or event.tag is not None:
            self._properties(event)
        value: str = event.value
        if self.may_escape and event.style == '"' and (bad := forbidden_character(value)):
            self._refuse("E109", event, f"the character {bad} is not allowed, written as an escape either")
        if self.may_swallow and not event.style and pointer is not None:
            self._swallowed(event)
        return value

    def _properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse("E103", event, f"an anchor (&{event.anchor}) is not allowed")
        if event.tag is not None:
            self._refuse("E104", event, "a tag (a value that begins with an exclamation mark) is not allowed")

    def _duplicate(self, event: Any, pointer: Pointer) -> None:
        first = self.keys[pointer].start_mark.line + 1
        second = event.start_mark.line + 1
        message = f'the key "{pointer[-1]}" is written twice: on line {first} and on line {second}'
        self._refuse("E105", event, message)

    def _swallowed(self, event: Any) -> None:
        """`text: hello #world`: the tail is a comment to YAML and part of the sentence to its author."""
        end = event.end_mark
        line_end = self.source.find("\n", end.index)
        tail = self.source[end.index : line_end if line_end >= 0 else None].rstrip()
        comment = tail.lstrip(" \t")
        if not comment.startswith("#") or len(comment) == 1 or comment[1] in "# \t!":
            return
        column = end.column + len(tail) - len(comment) + 1
        place = Place(end.line + 1, column, end.line + 1, column + len(comment))
        begin = self.source.rfind("\n", 0, event.start_mark.index) + 1
        whole = self.source[begin : end.index].lstrip(" -") + tail
        key, colon, value = whole.partition(": ")
        fix = f'put it in quotes: {key}: "{value.strip()}"' if colon and not set(whole) & set('"\\\n') else ""
        message = "this part of the value is a YAML comment and will not be posted"
        self.findings.append(found("W101", self.path, place, message, fix=fix))

    def _refuse(self, code: str, event: Any, message: str) -> None:
        self.findings.append(found(code, self.path, _place(event), message))


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    # Of what spans lines the first character is enough to point at.
    end_column = end.column if end.line == start.line else start.column + 1
    return Place(start.line + 1, start.column + 1, start.line + 1, end_column + 1)


def _no_mapping(path: str, root: Any, event: Any) -> Finding:
    if not root:
        return found("E111", path, START, "there is nothing in the file")
    if isinstance(root, str) and (key := root.partition(":"))[1] and key[0].isidentifier():
        return found(
            "E111", path, _place(event), f'a space is missing after the colon of "{key[0]}"', fix=f"{key[0]}: …"
        )
    what = "a list" if isinstance(root, list) else "plain text"
    return found("E111", path, _place(event), f'the file is {what}; it must be keys with values, like "text: …"')
