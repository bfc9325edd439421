"""Columns that line up, whatever the letters in them."""

from collections.abc import Sequence

from publisher.report.width import padded, width

GAP = "  "


def aligned(rows: Sequence[Sequence[str]], *, indent: str = "  ", widest: int = 60) -> list[str]:
    """Rows of plain text as lines; every column but the last is as wide as its widest cell, up to `widest`."""
    columns = max((len(row) for row in rows), default=0)
    sizes = [max((min(width(row[n]), widest) for row in rows if n < len(row)), default=0) for n in range(columns)]
    lines = []
    for row in rows:
        cells = [padded(cell, sizes[n]) if n < len(row) - 1 else cell for n, cell in enumerate(row)]
        lines.append((indent + GAP.join(cells)).rstrip())
    return lines


def cells(rows: Sequence[Sequence[str]], *, widest: int = 60) -> list[list[str]]:
    """The rows with every cell filled to its column, so that colour can be put on afterwards."""
    columns = max((len(row) for row in rows), default=0)
    sizes = [max((min(width(row[n]), widest) for row in rows if n < len(row)), default=0) for n in range(columns)]
    return [[padded(cell, sizes[n]) for n, cell in enumerate(row)] for row in rows]
