"""Colour, where it is wanted. Never the only carrier: whatever is coloured has its word as well."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paint:
    """Styles text, or leaves it alone."""

    on: bool = False

    def bold(self, text: str) -> str:
        return self._styled(text, bold=True)

    def dim(self, text: str) -> str:
        return self._styled(text, dim=True)

    def red(self, text: str) -> str:
        return self._styled(text, fg="red", bold=True)

    def yellow(self, text: str) -> str:
        return self._styled(text, fg="yellow", bold=True)

    def green(self, text: str) -> str:
        return self._styled(text, fg="green")

    def blue(self, text: str) -> str:
        return self._styled(text, fg="blue", bold=True)

    def cyan(self, text: str) -> str:
        return self._styled(text, fg="cyan")

    def _styled(self, text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
        if not self.on or not text:
            return text
        import click

        return click.style(text, fg=fg, bold=bold, dim=dim)


PLAIN = Paint()
