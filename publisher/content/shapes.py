"""What to write where a value has the wrong shape: a word where a list must be, keys where words must be.

What is proposed is first held against the schema, so that whoever obeys is not refused again; where nothing passes, an
example or plain words must do. Imported only for a document that was refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from publisher.content.countries import COUNTRIES, MEANT
from publisher.content.document import Document
from publisher.content.editing.scalars import escaped, literal, quoted
from publisher.content.findings import Finding
from publisher.content.judge import judge_of
from publisher.content.marks import Pointer
from publisher.content.parsing import parse
from publisher.content.schema import typed
from publisher.content.secrets import holds_secret

Rules = Mapping[str, Any]

_LONGEST = 200  # characters of a value that a fix repeats
_MOST = 20  # items
_LIST = "write a list, each item on its own line after a hyphen"
_KEYS = "write keys with values"
# Of these signs people make a list on one line. The first that gives items which are all as they must be is meant.
_BETWEEN = (r"[,;\n]", r"[/|]", r"\s+or\s+")
_MARK = re.compile(r"(?:[-*•]|[1-9][.)])\s+")  # before an item, where a list was meant
_SECOND = "another answer"  # to a poll of one
# A mapping of one of these is the thing itself, with its name before it: `poll: [{text: Yes}]`.
_NAMES = frozenset(("text", "option", "answer", "label", "name", "title", "value", "code", "country", "url", "id"))


def fix_of_shape(document: Document, pointer: Pointer, rules: Rules, root: dict[str, Any], value: Any) -> str:
    """How to write what stands at `pointer`, which is of another type than `rules`, a part of the schema `root`.

    Empty where there is nothing to say that the catalogue does not say.
    """
    wanted = rules["type"]
    meant: Iterator[Any]
    if wanted == "array":
        head, meant = _LIST, _lists(pointer, _resolved(rules["items"], root), value, _around(document, pointer))
    elif wanted == "object":
        head, meant = _KEYS, _mappings(pointer, value)
    elif isinstance(value, dict | list):
        head = f"write one value, without {'a list' if isinstance(value, list) else 'keys'}"
        meant = _words(pointer, value)
    else:
        return ""
    for each in meant if repeatable(value) else ():
        if (written := written_as(pointer, each)) and _fits(written, pointer, rules, root):
            return f"{head}:\n{written}"
    if wanted == "array" and pointer[-1] != "spoilers" and "examples" in rules:
        return f"{_LIST}, as in:\n{written_as(pointer, rules['examples'][0])}"
    if wanted == "object" and "properties" in rules:
        return f"{_KEYS}; known here are {', '.join(rules['properties'])}"
    return head


def fix_of_split_text(pointer: Pointer, key: str, value: Any) -> str:
    """How to write a part of a chain whose text YAML took apart at a colon: `- Second: it goes on`."""
    text = f"{key}: {value}"
    if not isinstance(value, str) or not repeatable(text):
        return ""
    return f"if it is the text, write it so:\n{written_as(pointer, {'text': text})}"


def written_as(pointer: Pointer, value: Any) -> str:
    """A value with its key, or its hyphen, before it.

    >>> written_as(("media",), [{"file": "cat.jpg"}])
    'media:\\n  - file: cat.jpg'
    """
    return "\n".join(_lines("-" if isinstance(pointer[-1], int) else f"{pointer[-1]}:", value))


def _lines(lead: str, value: Any) -> list[str]:
    if isinstance(value, str) and "\n" in value and (block := literal(value, 2)) is not None:
        return [f"{lead} {block[0]}", *block[1:]]
    if not isinstance(value, dict | list) or not value:
        return [f"{lead} {'{}' if value == {} else _scalar(value)}"]
    inner = value.items() if isinstance(value, dict) else [("", each) for each in value]
    below = [line for key, each in inner for line in _lines(f"{key}:" if isinstance(value, dict) else "-", each)]
    if lead == "-":
        return [f"- {below[0]}", *(f"  {line}" if line else "" for line in below[1:])]
    return [lead, *(f"  {line}" if line else "" for line in below)]


def _scalar(value: Any) -> str:
    """The word as it is, if YAML lets it; else in quotes."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    for written in (text, quoted(text)):
        read = parse("", f"key: {written}\n".encode())
        if isinstance(read, Document) and not read.warnings and read.data == {"key": text}:
            return written
    return escaped(text)


def _fits(written: str, pointer: Pointer, rules: Rules, root: dict[str, Any]) -> bool:
    """Whether what is proposed would be taken."""
    item = isinstance(pointer[-1], int)
    document = parse("", (f"key:\n{written}\n" if item else f"{written}\n").encode())
    if not isinstance(document, Document) or document.warnings:
        return False
    key, value = next(iter(document.data.items()))
    findings: list[Finding] = []
    data = typed(document, [value[0]] if item else value, {"items": rules} if item else rules, root, (key,), findings)
    return not findings and judge_of(rules, root)(data[0] if item else data) is None


def _resolved(rules: Rules, root: Rules) -> Rules:
    return root["definitions"][rules["$ref"].removeprefix("#/definitions/")] if "$ref" in rules else rules


def _around(document: Document, pointer: Pointer) -> str:
    """The text beside the value."""
    beside: Any = document.data
    for key in pointer[:-1]:
        beside = beside[key]
    text = beside.get("text") if isinstance(beside, dict) else None
    return text if isinstance(text, str) else ""


def repeatable(value: Any) -> bool:
    """Whether a message may show the value."""
    text = str(value)
    return len(text) <= _LONGEST and not holds_secret(text)


def _lists(pointer: Pointer, items: Rules, value: Any, text: str) -> Iterator[Sequence[Any]]:
    """What list may be meant, the likeliest first."""
    key = pointer[-1]
    if isinstance(value, dict):
        yield from _of_keys(key, items, value, text)
    elif key == "thread":
        yield [{"text": value}]
    elif key == "countries":
        codes = [MEANT.get(code, code) for code in re.split(r"[\s,;/|]+", value.strip().upper())]
        yield from [codes] if all(code in COUNTRIES for code in codes) else []
    elif isinstance(value, str):
        whole = [value.strip()]
        between = (r",\s|[;\n]",) if key == "media" else _BETWEEN
        ways = [[word for each in re.split(sign, value) if (word := _MARK.sub("", each.strip()))] for sign in between]
        if key == "spoilers":
            yield from (way for way in (whole, *ways) if all(word in text for word in way))
        elif key == "poll":
            yield from (*(way for way in ways if len(way) > 1), [*whole, _SECOND])
        else:
            yield from ([_item(key, word) for word in way] for way in (*ways, whole) if len(way) <= _MOST)


def _of_keys(key: str | int, items: Rules, value: Mapping[str, Any], text: str) -> Iterator[Sequence[Any]]:
    """What list may be meant by keys with values."""
    known = items.get("properties", {}).keys()
    if known and value.keys() <= known:
        yield [value]
    elif key == "media" and all("." in name for name in value):
        yield [{**_item(key, name), "alt": alt} for name, alt in value.items()]
    elif not value.keys() & known:
        words = [_item(key, word) for word in value.values()]
        if key != "spoilers" or all(isinstance(word, str) and word in text for word in words):
            yield from (words, [*words, _SECOND] if key == "poll" else list(value))


def _item(key: str | int, word: Any) -> Any:
    if not isinstance(word, str) or key not in ("media", "thread"):
        return word
    return {"text": word} if key == "thread" else {"url" if re.match("https?://", word) else "file": word}


def _mappings(pointer: Pointer, value: Any) -> Iterator[Mapping[str, Any]]:
    """What keys with values may be meant."""
    words = value if isinstance(value, list) else [value]
    if pointer == ("accounts",):
        yield dict(_accounts(words))
    elif not all(isinstance(word, str) for word in words):
        return
    elif pointer[:1] == ("accounts",) and len(words) == 1:
        yield {"posts": words[0]}
    elif pointer == ("state",) and len(words) == 1:
        yield {"backend": words[0]}
    elif len(words) == 1:
        (word,) = words
        key = pointer[-2] if isinstance(pointer[-1], int) and len(pointer) > 1 else pointer[-1]
        if key == "attached_text":
            yield {"file" if re.fullmatch(r"\S+\.(md|markdown|txt)", word) else "text": word}
        elif key in ("media", "thread"):
            yield _item(key, word)


def _accounts(words: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Accounts under their names, of a list of names or of keys with a name among them."""
    for each in words:
        if isinstance(each, str):
            yield from ((name, {}) for name in re.split(r"[\s,]+", each))
        elif isinstance(each, dict) and isinstance(name := each.get("name", each.get("account")), str):
            yield name, {key: of for key, of in each.items() if key not in ("name", "account")}


def _words(pointer: Pointer, value: Any) -> Iterator[str]:
    """What word may be meant."""
    if isinstance(value, dict):
        for key, word in value.items() if len(value) == 1 else ():
            if isinstance(word, str):
                yield key if word in ("", "true", "yes") else word if key.lower() in _NAMES else f"{key}: {word}"
        return
    words = [word for word in value if isinstance(word, str)]
    if pointer[-1] == "text" and len(words) == len(value):
        yield "\n".join(words)
    yield from words
