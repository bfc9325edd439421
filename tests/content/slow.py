"""Post files made to be slow: the most of one thing that a file may hold. `fuzz` measures how long each takes."""

SLOW = (
    "text: " + "a" * 65_000,
    "text: |-\n  " + "https://a.dev/x " * 4_000,
    "text: |-\n  " + "www." * 16_000,
    "text: |-\n  " + "www.-" * 13_000,
    "text: |-\n  " + "www.a://" * 8_000,
    "text: |-\n  https://" + "xn--a." * 10_000,
    "text: |-\n  " + "a@" * 32_000,
    "text: " + "e" + "\u0301" * 30_000,
    "text: |-\n  " + "👨\u200d" * 9_000,
    "text: |-\n  " + "(" * 60_000 + "https://a.dev" + ")" * 5_000,
    "text: '" + "''" * 30_000 + "'",
    "text: hi\n" + "".join(f"key{number}: x\n" for number in range(900)),
    "text: hi\nmedia:\n" + "  - file: cat.jpg\n    alt: a\n" * 450,
    "text: hi\nthread:\n" + "  - text: |-\n      more\n" * 900,
    "text: [" + "{a: [" * 9 + "x" + "]}" * 9 + "]",
    "text: " + '"' + "\\u0041" * 10_000 + '"',
    "# publisher: allow " + "W1 " * 21_000 + "why\ntext: hi\n",
    "text: hi\n" + "# publisher: allow W1 x\n" * 2_600,
    "text: hi\n" + "".join(f"key{number}: v # publisher: allow W1 x\n" for number in range(990)),
    "text: hi\nthread:\n" + "  - text: v # publisher: allow W1 x\n" * 990,
)
