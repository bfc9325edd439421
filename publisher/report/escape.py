"""What others wrote, made fit to be shown: it may not move the cursor, give commands, or read other than it is."""

import re

# C0 and C1 without line feed, DEL; bidirectional controls and invisible separators, which make text look like another.
_CONTROL = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"

# A runner of GitHub takes such a line for a command wherever it is printed, and trims it before it looks.
_COLOUR = r"\x1b\[(?:[012]|3[0-7])m"  # as our paint writes it, and nothing else that a terminal obeys
_COMMAND = rf"(?m)^((?:[^\S\n]|{_COLOUR})*):(?=:)"
_OLD_COMMAND = "##["  # the older spelling, which it takes anywhere in a line


def visible(text: str) -> str:
    r"""The text with every control character spelled out; line feeds stay.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return re.sub(_CONTROL, lambda match: _spelled(match[0]), text) if _may_hold_control(text) else text


def one_line(text: str) -> str:
    r"""As `visible`, with line feeds spelled out as well.

    >>> one_line("a\nb")
    'a\\nb'
    """
    return visible(text).replace("\n", "\\n")


def no_commands(text: str) -> str:
    r"""The text with a character of everything that would be a workflow command spelled out.

    >>> no_commands("a\n  ::error::b")
    'a\n  \\x3a:error::b'
    """
    if "::" in text:
        text = re.sub(_COMMAND, r"\1\\x3a", text)
    return text.replace(_OLD_COMMAND, "#\\x23[")


def printed(text: str, *, coloured: bool = False) -> str:
    r"""The last look at what is printed: nothing in it moves a cursor or commands a runner.

    Only colours stay, and only where there are to be any: whatever of others' is in a coloured text was made `visible`
    before it was painted. What was looked at already stays as it is, JSON and XML too.

    >>> printed("\x1b[1ma\x1b[0m\x1b[2J", coloured=True)
    '\x1b[1ma\x1b[0m\\x1b[2J'
    """
    if coloured and "\x1b" in text:
        pieces = re.split(f"({_COLOUR})", text)
        text = "".join(piece if number % 2 else visible(piece) for number, piece in enumerate(pieces))
    else:
        text = visible(text)
    return no_commands(text)


def in_json(text: str) -> str:
    r"""JSON with the same meaning, in which a reader's terminal and a runner see no command.

    JSON itself spells out C0 alone. What is replaced here stands only within strings, where `\uXXXX` is the same.

    >>> in_json('["a\x9b2J", "##[error]"]')
    '["a\\u009b2J", "#\\u0023[error]"]'
    """
    if _may_hold_control(text):
        text = re.sub(_CONTROL, lambda match: f"\\u{ord(match[0]):04x}", text)
    return text.replace(_OLD_COMMAND, "#\\u0023[")


def _may_hold_control(text: str) -> bool:
    """A cheap question that is never wrong when it says no: to Python none of these characters is printable.

    The pattern alone takes longer to make ready than the answer of a run that found nothing.
    """
    return not text.replace("\n", "").isprintable()


def _spelled(character: str) -> str:
    point = ord(character)
    if character == "\t":
        return "\\t"
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"


def command_value(text: str) -> str:
    """Escaped for the message of a GitHub workflow command (`::error::…`); other lines cannot begin one."""
    return visible(text).replace(_OLD_COMMAND, "#\\x23[").replace("%", "%25").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Escaped for a property of a workflow command (`file=…`), where colons and commas divide."""
    return command_value(text).replace(":", "%3A").replace(",", "%2C")
