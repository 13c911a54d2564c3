"""What ``collection.explain()`` tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Explanation"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the server answered a query.

    ``driver`` is the condition whose index gave the candidates; ``estimates`` says how many
    index entries each condition has, most selective first; ``candidates`` how many objects
    were looked at; ``order`` how they were ordered ('sorted', 'unordered', or 'walked
    <index>' when an index was read in its own order until the slice was full).
    """

    driver: str
    candidates: int
    order: str
    estimates: tuple[tuple[str, int], ...]

    @classmethod
    def of_reply(cls, reply: Sequence[Any]) -> Explanation:
        """From the reply of the query script."""
        candidates, order, driver = reply[:3]
        estimates = tuple(zip(reply[3::2], reply[4::2], strict=True))
        return cls(driver, candidates, order, estimates)

    def __str__(self) -> str:
        lines = [f"driven by {self.driver}: {self.candidates} candidates, {self.order}"]
        lines += [f"  {label}: about {count}" for label, count in self.estimates]
        return "\n".join(lines)
