"""Ways to spoil a file, each decided by dice alone: the same dice and the same files give the same bytes."""

import io
import random
from collections.abc import Iterator, Sequence

from PIL import Image

_SIGNS = "-· ·\n·|-·>·\"·'·#·: ·[·]·{·}·,·&a·*a·!·!!str ·<<: ·---·...·%YAML 1.2·?·\t·\\u·\\·@·`·\r\n·\x00·\x85"
_UNICODE = "é·🎉·\u200d·\u202e·\ufeff·\u2028·\u0301·\U000e0041·Ω·İ·𝐚"
_WORDS = (
    "text:|media:|thread:|file: cat.jpg|url: https://a.dev/b.png|alt:|true|~|publish_at:|quote:|x.yaml|9" + "9" * 40
)
PIECES = tuple(piece.encode() for piece in (*_SIGNS.split("·"), *_UNICODE.split("·"), *_WORDS.split("|")))


def spoiled_text(dice: random.Random, files: Sequence[bytes]) -> bytes:
    """One of `files` after one to five slips of an editor, a merge or a disk."""
    data = bytearray(dice.choice(files))
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(8):
            case 0:
                data[at:at] = dice.choice(PIECES)
            case 1:
                del data[at : at + dice.randrange(1, 8)]
            case 2:
                other = dice.choice(files)
                begin = dice.randrange(len(other) + 1)
                data[at:at] = other[begin : begin + dice.randrange(1, 200)]
            case 3:
                _flip(dice, data, at)
            case 4:
                _swap_lines(dice, data)
            case 5:
                _indent(dice, data)
            case 6:
                _splice_words(dice, data, dice.choice(files))
            case _:
                if dice.randrange(4) == 0:
                    del data[at:]
    return bytes(data)


def spoiled_bytes(dice: random.Random, whole: bytes) -> bytes:
    """`whole` with bits flipped, bytes lost, doubled or overwritten, most of them in its head; or cut short."""
    data = bytearray(whole)
    for _ in range(dice.randrange(1, 9)):
        at = dice.randrange(min(len(data), 512) + 1 if dice.randrange(3) else len(data) + 1)
        match dice.randrange(6):
            case 0 | 1:
                _flip(dice, data, at)
            case 2:
                del data[at : at + dice.randrange(1, 16)]
            case 3:
                data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1"))
            case 4:
                data[at:at] = data[at : at + dice.randrange(1, 64)]
            case _:
                if dice.randrange(4) == 0:
                    del data[at:]
    return bytes(data)


def drawn() -> Iterator[tuple[str, bytes]]:
    """Small pictures of the formats that the example has none of, and the head of one that is not read."""
    picture = Image.linear_gradient("L").resize((320, 320)).convert("RGB")
    for form, name in (("WEBP", "a.webp"), ("GIF", "a.gif"), ("TIFF", "a.tiff"), ("JPEG", "a.jpg"), ("PNG", "a.png")):
        file = io.BytesIO()
        picture.save(file, form)
        yield name, file.getvalue()
    yield "a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x20meta" + bytes(200)


def _flip(dice: random.Random, data: bytearray, at: int) -> None:
    if at < len(data):
        data[at] ^= 1 << dice.randrange(8)


def _swap_lines(dice: random.Random, data: bytearray) -> None:
    lines = data.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    data[:] = b"\n".join(lines)


def _indent(dice: random.Random, data: bytearray) -> None:
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    lines[at] = (
        lines[at][dice.randrange(1, 4) :] if dice.randrange(2) else bytearray(b" " * dice.randrange(1, 5)) + lines[at]
    )
    data[:] = b"\n".join(lines)


def _splice_words(dice: random.Random, data: bytearray, other: bytes) -> None:
    ours, theirs = data.split(b" "), other.split(b" ")
    ours[dice.randrange(len(ours))] = bytearray(dice.choice(theirs))
    data[:] = b" ".join(ours)
