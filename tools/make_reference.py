"""Write the reference pages: post files and publisher.yaml from their schemas, the codes from the catalogue.

    python tools/make_reference.py            writes docs/reference/{post,config,codes}.md
    python tools/make_reference.py --check    writes nothing; exits 1 and names the pages that are out of date

What editors show, what `publisher explain` prints and what these pages say has one source each, and is changed there.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from publisher.content.catalogue import all_entries
from publisher.content.catalogue.entry import Entry

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
WIDEST = 240  # characters of an example; some are long because that is what is wrong with them

Rules = Mapping[str, Any]


# --- keys, from a schema --------------------------------------------------------------------------------------------


def post_page() -> str:
    schema = _schema("post")
    sections = [
        (
            "Keys of a post",
            "",
            schema,
            "Which go together, and which post is of which kind: [Post files](../post-files.md).",
        ),
        ("An item of `media`", "media[].", _told(schema, {"$ref": "#/definitions/media_item"}), ""),
        ("`attached_text`", "attached_text.", _told(schema, {"$ref": "#/definitions/attached_text"}), ""),
        ("A part of `thread`", "thread[].", _told(schema, {"$ref": "#/definitions/part"}), _PART),
    ]
    return _page("Keys of post files", "schemas/post.json", _INTRODUCTION, _key_sections(schema, sections))


_INTRODUCTION = (
    "Every scalar is taken as it is written: `NO`, `12:30` and `1.10` are texts. Editors show the same words."
)
_PART = "The same keys, with the same meaning, as those of a post: "


def config_page() -> str:
    schema = _schema("config")
    return _page("Keys of publisher.yaml", "schemas/config.json", _PRECEDENCE, _settings(schema))


_PRECEDENCE = (
    "A flag comes before a variable of the environment, that before the file, and that before the default. A duration"
    " is a number and `ms`, `s`, `m`, `h` or `d`. Secrets are never in the file."
)


def _key_sections(root: Rules, sections: Sequence[tuple[str, str, Rules, str]]) -> Iterator[str]:
    for title, prefix, rules, note in sections:
        yield f"## {title}\n"
        if note == _PART:
            yield note + ", ".join(f"[`{key}`](#{key})" for key in rules["properties"]) + ".\n"
            continue
        if note:
            yield f"{note}\n"
        for key, below in rules["properties"].items():
            yield from _key(f"{prefix}{key}", _told(root, below))


def _settings(root: Rules, above: tuple[str, ...] = (), rules: Rules | None = None) -> Iterator[str]:
    for key, below in (rules or root)["properties"].items():
        told, path = _told(root, below), (*above, key)
        named = "PUBLISHER_" + "_".join(path).upper()
        of_each = isinstance(told.get("additionalProperties"), dict)
        plain = (
            "properties" not in told and not of_each and key != "version" and path[0] not in ("accounts", "defaults")
        )
        yield from _key(".".join(path), told, f"Variable: `{named}`." if plain else "", level=min(2 + len(above), 4))
        if "properties" in told:
            yield from _settings(root, path, told)
        elif of_each:
            yield from _settings(root, (*path, "NAME"), told["additionalProperties"])


def _key(name: str, rules: Rules, more: str = "", level: int = 3) -> Iterator[str]:
    yield f"{'#' * level} `{name}`\n"
    yield f"**{rules['title']}.** {rules.get('markdownDescription', rules['description'])}\n"
    facts = " ".join(fact for fact in (_form(rules), _limits(rules), _default(rules), more) if fact)
    yield f"{facts}\n"
    if "enum" in rules:
        told = rules.get("enumDescriptions", [""] * len(rules["enum"]))
        yield (
            "\n".join(
                f"* `{_word(word)}`{': ' + why if why else ''}" for word, why in zip(rules["enum"], told, strict=True)
            )
            + "\n"
        )
    if rules.get("examples"):
        last = name.rpartition(".")[2].removesuffix("[]")
        yield _fenced(_yaml({last: rules["examples"][0]}))
    if codes := rules.get("x-codes"):
        yield (
            "Findings: "
            + ", ".join(f"[{code}](codes.md#{code.lower()})" for code in sorted(set(codes.values())))
            + ".\n"
        )


def _form(rules: Rules) -> str:
    types = rules["type"] if isinstance(rules["type"], list) else [rules["type"]]
    if "enum" in rules:
        return "One of the words below." if len(rules["enum"]) > 1 else ""
    if "string" in types:
        # "publish_at must be a time like …"; of a text without a form there is no more to say.
        _, _, form = rules["errorMessage"].partition(" must be ")
        return "A text." if form.startswith("text, ") or form == "text" else f"{form[:1].upper()}{form[1:]}."
    return {
        "array": "A list.",
        "object": "A set of keys.",
        "boolean": "`true` or `false`.",
        "integer": "A whole number.",
    }[types[0]]


def _limits(rules: Rules) -> str:
    words = []
    if "minItems" in rules or "maxItems" in rules:
        few, many = rules.get("minItems"), rules.get("maxItems")
        words.append(f"{few} to {many} items." if few and many else f"At least {few}." if few else f"At most {many}.")
    if "maximum" in rules:
        words.append(f"From {rules['minimum']} to {rules['maximum']}.")
    return " ".join(word for word in words if word)


def _default(rules: Rules) -> str:
    return f"Left out: `{_word(rules['default'])}`." if "default" in rules else ""


# --- codes, from the catalogue --------------------------------------------------------------------------------------

_AREAS = {
    "1": "YAML", "2": "Content", "3": "Media", "4": "State", "5": "Configuration", "6": "Credentials", "7": "Threads",
}  # fmt: skip


def codes_page() -> str:
    told = "A code never changes its meaning. `E` blocks, `W` warns; `publisher explain CODE` prints the same."
    return _page("Codes", "publisher/content/catalogue", told, _codes(all_entries()))


def _codes(entries: Sequence[Entry]) -> Iterator[str]:
    area = ""
    for entry in entries:
        if entry.code[1] != area:
            area = entry.code[1]
            yield f"## {area}xx: {_AREAS[area]}\n"
        yield f'### <a id="{entry.code.lower()}"></a>{entry.code}: {_escaped(entry.title)}\n'
        yield f"{_sentence(entry.why)}\n"
        yield f"To mend it: {_escaped(entry.fix)}.\n"
        for title, example in (("Bad", entry.bad), ("Good", entry.good)):
            if example:
                yield f"{title}:\n"
                yield _fenced(_visible(example))


# --- Markdown -------------------------------------------------------------------------------------------------------


def _page(title: str, source: str, introduction: str, parts: Iterator[str]) -> str:
    made = f"<!-- Made from {source} by tools/make_reference.py: change it there. -->"
    return "\n".join([made, "", f"# {title}", "", f"{introduction}\n", *parts]).rstrip() + "\n"


def _fenced(text: str) -> str:
    return f"```yaml\n{text.rstrip(chr(10))}\n```\n"


def _visible(example: str) -> str:
    """An example, cut where it only goes on; what has no shape on a page is spelt out by its catalogue already."""
    if len(example) <= WIDEST:
        return example
    return f"{example[: WIDEST // 2]} … and so on, {len(example):,} characters"


def _sentence(text: str) -> str:
    return f"{_escaped(text[:1].upper() + text[1:])}."


def _escaped(text: str) -> str:
    """Words as words: what the catalogue says in plain text is no HTML and no Markdown."""
    for sign in "\\`*_<>[]#|":
        text = text.replace(sign, f"\\{sign}")
    return text


class _Dumper(yaml.SafeDumper):
    """As people write it: texts of several lines as blocks, items indented below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (its parent's)
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(value: Any) -> str:
    written: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return written


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _schema(name: str) -> Rules:
    schema: Rules = json.loads((ROOT / "schemas" / f"{name}.json").read_text("utf-8"))
    return schema


def _told(root: Rules, rules: Rules) -> Rules:
    """What is behind a `$ref`."""
    return root["definitions"][rules["$ref"].removeprefix("#/definitions/")] if "$ref" in rules else rules


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    check = parser.parse_args(arguments).check
    pages = {"post.md": post_page, "config.md": config_page, "codes.md": codes_page}
    stale = []
    for name, page in pages.items():
        file, text = PAGES / name, page()
        if file.exists() and file.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            file.write_text(text, "utf-8")
    for name in stale:
        print(f"docs/reference/{name} {'is out of date: python tools/make_reference.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
