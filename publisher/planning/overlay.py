"""A long mapping of which a few entries were changed, without a copy of all the others. Pure."""

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any

_MANY = 1000  # changes; from then on one copy of all costs less than what each look has to do


class Overlay(Mapping[str, Any]):
    """`base` with the entries of `over` in their places, or after them. Neither is changed by it."""

    __slots__ = ("_base", "_over")

    def __init__(self, base: dict[str, Any], over: Mapping[str, Any]) -> None:
        self._base = base
        self._over = over

    def __getitem__(self, key: str) -> Any:
        return self._over[key] if key in self._over else self._base[key]

    def __iter__(self) -> Iterator[str]:
        yield from self._base
        yield from (key for key in self._over if key not in self._base)

    def __len__(self) -> int:
        return len(self._base) + sum(key not in self._base for key in self._over)

    def __contains__(self, key: object) -> bool:
        return key in self._over or key in self._base

    def items(self) -> ItemsView[str, Any]:
        return self._whole().items()

    def values(self) -> ValuesView[Any]:
        return self._whole().values()

    def keep(self, key: str, value: Any) -> None:
        """`value` is what is there already, in another form."""
        if key not in self._over:
            self._base[key] = value

    def amended(self, changes: Mapping[str, Any]) -> "Overlay":
        """With these in the place of those of the same keys, or after them; None takes one out."""
        over = {**self._over, **changes}
        gone = [key for key, value in changes.items() if value is None]
        if len(over) <= _MANY and not any(key in self._base for key in gone):
            for key in gone:
                del over[key]
            return Overlay(self._base, over)
        whole = {**self._base, **over}
        for key in gone:
            del whole[key]
        return Overlay(whole, {})

    def _whole(self) -> dict[str, Any]:
        return {**self._base, **self._over} if self._over else self._base


def overlay(entries: Mapping[str, Any]) -> Overlay:
    return entries if isinstance(entries, Overlay) else Overlay(dict(entries), {})
