"""How wide text is on a terminal: carets must stand under what they mean, with CJK, emoji and combining marks too."""


def width(text: str) -> int:
    """Cells that `text` takes.

    >>> width("日本 e\u0301")
    6
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, cells: int) -> str:
    """`text`, cut to `cells` with an ellipsis when it is longer."""
    if width(text) <= cells:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, max(cells - 1, 0)).rstrip() + "…"


def padded(text: str, cells: int) -> str:
    """`text`, cut or filled to exactly `cells`."""
    shown = cut(text, cells)
    return shown + " " * (cells - width(shown))
