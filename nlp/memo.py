"""A dictionary that remembers the results of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 100_000


class Memo(dict[Key, Value]):
    """The results of a function by its argument; a look-up costs less than a call of ``functools.lru_cache``.

    Where it has more than MOST results, it forgets them all.
    """

    def __init__(self, function: Callable[[Key], Value]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: Key) -> Value:
        if len(self) > MOST:
            self.clear()
        value = self[key] = self._function(key)
        return value
