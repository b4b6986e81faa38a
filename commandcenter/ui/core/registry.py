"""Declared plug-in points: a name gives an item, in the order of registration, and no name is taken twice."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """The items of one plug-in point."""

    def __init__(self, point: str) -> None:
        """``point`` names what is registered, for errors and completeness tests."""
        self.point = point
        self._items: dict[str, T] = {}

    def add(self, name: str, item: T) -> T:
        """Register ``item``; ValueError when the name is taken."""
        if name in self._items:
            raise ValueError(f"{self.point} {name} is registered twice")
        self._items[name] = item
        return item

    def get(self, name: str) -> T:
        """The item of that name; KeyError tells the point and the names that exist."""
        if name not in self._items:
            raise KeyError(f"no {self.point} {name}; there are {', '.join(self._items) or 'none'}")
        return self._items[name]

    def names(self) -> tuple[str, ...]:
        """All names in order."""
        return tuple(self._items)

    def items(self) -> tuple[tuple[str, T], ...]:
        """Names with items in order."""
        return tuple(self._items.items())

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __len__(self) -> int:
        return len(self._items)
