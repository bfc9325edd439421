"""Two readers of one language: `simple` may give up whenever it likes, but what it answers is what libyaml answers.

python -m tests.content.readers count=300000 seed=1   spoiled posts and made files; exits 1 where the two disagree

An input follows from its seed and its number alone.
"""

import random
import re
import sys
from collections.abc import Sequence
from functools import cache

from benchmarks.posts import post
from publisher.content.building import build
from publisher.content.characters import BOM, FORBIDDEN
from publisher.content.document import Document
from publisher.content.parsing import MAX_BYTES
from publisher.content.simple import read_simple
from publisher.content.straight import read_straight
from tests.content.fuzz import short_posts
from tests.content.spoil import spoiled_text

# What stands at the edge of the part of YAML that `simple` reads, on both sides of it.
_WORDS = (
    "Weather·two words·https://acme.dev/a:b?c=d·a:b·a: b·a :b·a : b·a::b·12:30·1.10·0x1f·NO·yes·true·"
    "False·null·Null·~·~a·nulls·=·<<·.inf·-·-5·--·---·...·- x·? x·?x·:x·: x·x:·x ·x  y· x·#·# x·x #y·x#y·"
    "x # y·[·[]·[a]·[DE, AT]·[a,b]·[a, b: c]·[a, null]·[a, ~]·[a b, c]·[é, ß]·[a, b] x·[[a]]·{a: b}·{}·''·"
    "'a'·'a''b'·'true'·'null'·'a: b'·'#'·'a·a'·\"\"·\"a\"·\"a\\nb\"·\"a\\\"b\"·\"false\"·\"~\"·\"a: b\"·"
    '"a # b"·"a" b·"a": b·a"b·&a b·*a·!t b·!!str·%a·@a·`a·,a·a, b·a]··-·+·2·- x·-  ·é·日本語·🎉·'
    "\u00a0a·a\u00a0·\u3000·\u200b·\u0301·\u00ad·²·½·a\tb·\ta·a\t·\t·|·|-·|+·>+·|2·>1·|- x·|-  ·> # x·>·"
    ">-"
)
WORDS = tuple(_WORDS.split("·"))
KEYS = (
    "text", "media", "alt", "a_b", "a-b", "a b", "'a'", "\"a\"", "é", "1", "1a", "null", "<<", "_", "", "y",
    "k" * 120,
)  # fmt: skip
BLOCKS = ("|", "|-", ">", ">-", "|+", "|2", "|2-", ">2", "| ", "|-  ", "| # x", ">-\t")
SLIPS = (
    "\n", "\n\n", "\n ", " \n", "\n\n\n", "\n    \n", " ", "  ", "    ", "-", "- ", "\n- ", "\n  - ", ":", ": ",
    " :", "#", " #", "\n#", "\n  # x", "\n      # x\n", "|", ">", "|+", "'", "\"", "[", "]", ", ", "~", "null",
    "true", "\t", "\n\t", "\t\n", "\\", "\r", "---", "\n---\n", "\n...\n", "? ", "&a ", "*a", "!a ", "{", "}", "%",
    "a", "\u00a0",
)  # fmt: skip


def made(dice: random.Random) -> str:
    """A file of our own making, half in and half out of the part of YAML that is read without a parser."""
    lines = ["# a comment"] * dice.randrange(2)
    _mapping(dice, lines, 0, 0)
    if dice.randrange(3) == 0:
        lines.insert(
            dice.randrange(len(lines) + 1), " " * dice.randrange(7) + dice.choice(("", "#", "# x", "x", "- x"))
        )
    return "\n".join(lines) + dice.choice(("\n", "\n", "\n", "", "\n\n", "\n  ", "\n  \n", "\n# x"))


def _mapping(dice: random.Random, lines: list[str], column: int, depth: int, before: str = "") -> None:
    keys = dice.sample(KEYS[:4], dice.randrange(1, 4)) if dice.randrange(8) else [dice.choice(KEYS) for _ in range(2)]
    for number, key in enumerate(keys):
        lead = before if number == 0 and before else " " * column
        _value(dice, lines, f"{lead}{key}:", column, depth)


def _value(dice: random.Random, lines: list[str], begun: str, column: int, depth: int) -> None:
    """What stands behind a key or a dash that is in `column`."""
    key = begun.endswith(":")
    step = dice.choice((1, 2, 2, 2, 2, 4))
    match dice.randrange(6 if depth < 3 else 3):
        case 0 | 1:
            lines.append(f"{begun} {_word(dice)}")
        case 2:
            lines.append(f"{begun} {dice.choice(BLOCKS[:4] if dice.randrange(5) else BLOCKS)}")
            margin = column + (step if dice.randrange(12) else 0)
            for _ in range(dice.randrange(4)):
                more = dice.choice((0, 0, 0, 0, 0, 0, 1, -1))
                lines.append(
                    " " * max(0, margin + more) + _word(dice)
                    if dice.randrange(4)
                    else " " * dice.choice((0, 0, 0, 1, 2, 4))
                )
        case 3 | 4 if key:
            lines.append(begun + dice.choice(("", "", "", "", " ", "  ", " # x")))
            dashes = max(0, column + dice.choice((0, 2, 2, 2, 1, 4, -1)))
            for _ in range(dice.randrange(1, 4)):
                lead = " " * dashes + dice.choice(("- ", "- ", "- ", "- ", "-", "-  ", "- - "))
                if dice.randrange(2):
                    _mapping(dice, lines, dashes + 2, depth + 1, lead)
                else:
                    _value(dice, lines, lead.rstrip(), dashes, 3)
        case _ if key:
            lines.append(begun)
            _mapping(dice, lines, column + step, depth + 1)
        case _:
            lines.append(f"{begun} {_word(dice)}")


def _word(dice: random.Random) -> str:
    return dice.choice(
        WORDS if dice.randrange(4) == 0 else ("Weather", "two words", "12:30", "[DE, AT]", "'a'", "日本語")
    )


def nudged(dice: random.Random, files: Sequence[bytes]) -> bytes:
    """One of `files` after one or two slips of a kind that readers of YAML may differ about."""
    source = dice.choice(files).decode("utf-8", "replace")
    for _ in range(dice.randrange(1, 3)):
        at = dice.randrange(len(source) + 1)
        source = source[:at] + dice.choice(SLIPS) + source[at + dice.choice((0, 0, 0, 1, 2)) :]
    return source.encode()


def read_without_parser(data: bytes) -> bool:
    """Whether `simple` reads a file; raises AssertionError where libyaml reads it otherwise."""
    data = data.removeprefix(BOM)
    try:
        source = data.decode()
    except UnicodeDecodeError:
        return False
    if len(data) > MAX_BYTES or re.search(FORBIDDEN, source) or (read := read_simple(source)) is None:
        return False
    straight = read_straight(data, source)
    assert straight is not None, source
    assert repr(read) == repr(straight[0]), source  # the order of keys too
    quick, slow = Document("x.yaml", read, source, None), Document("x.yaml", straight[0], source, straight[1])
    built = build("x.yaml", data, source)
    assert isinstance(built, Document), source
    assert (built.data, built.warnings) == (read, ()), source
    assert (quick.straight, quick.first_key_place()) == (True, slow.first_key_place()), source
    for key in read:  # before the events are asked for, which answer the same
        assert quick.place_of((key,)) == slow.place_of((key,)), source
    for at in (*slow.values, ("nothing",)):
        assert quick.place_of(at) == slow.place_of(at), source
        assert quick.key_place_of(at) == slow.key_place_of(at), source
    return True


@cache
def posts() -> tuple[bytes, ...]:
    """What is spoiled: the corpus, the example's posts, and as many sound ones of every kind."""
    return (*short_posts(), *(post(number).encode() for number in range(160)))


def drawn(seed: int, n: int) -> bytes:
    """Input `n`: a made file, or a post that was spoiled."""
    dice = random.Random(f"readers {seed} {n}")
    match n % 4:
        case 0:
            return spoiled_text(dice, posts())
        case 1:
            return made(dice).encode()
        case 2:
            return nudged(dice, [made(dice).encode()])
        case _:
            return nudged(dice, posts())


def main(arguments: Sequence[str]) -> int:
    """The command; its exit code."""
    options = dict(argument.partition("=")[::2] for argument in arguments)
    count, seed = int(options.get("count", "300000")), int(options.get("seed", "1"))
    read, failed = 0, 0
    for n in range(count):
        data = drawn(seed, n)
        try:
            read += read_without_parser(data)
        except AssertionError:
            failed += 1
            if failed <= 20:
                print(f"seed={seed} n={n}: {data!r}")
    print(
        f"readers: seed {seed}, {count} inputs, {read} read without a parser, {failed} of them otherwise than libyaml"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
