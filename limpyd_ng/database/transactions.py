"""Transactions: how often one is run again."""

from __future__ import annotations

from ..exceptions import TransactionConflictError

__all__ = ["Retries"]


class Retries:
    """In ``with``: lets a transaction be run again, so many times, when a watched key changed."""

    def __init__(self, most: int | None) -> None:
        self._left = most

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        if kind is None or not issubclass(kind, TransactionConflictError):
            return False
        if self._left is not None:
            self._left -= 1
        return self._left is None or self._left >= 0
