"""The data: made-up people, a hundred for each last name, the same in every run.

What a query by last name finds depends on the number of its people alone: at any size there are as
many of each year and of each beginning of a nickname among them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["PER_LAST_NAME", "Person", "last_names", "numbered", "people"]

PER_LAST_NAME = 100
_FIRST = (
    "Ada",
    "Béla",
    "Chloé",
    "Dmitri",
    "Eun-ji",
    "Farah",
    "Goran",
    "Hiro",
    "Inés",
    "Jörg",
    "Kofi",
    "Lena",
)
_TAGS = tuple(f"tag-{number}" for number in range(40))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BIO = 200
_TEXT = "".join(random.Random(5).choices(_LETTERS + "     ", k=20_000))


@dataclass(frozen=True, slots=True)
class Person:
    """One object: what each contestant stores."""

    first: str
    last: str
    nick: str
    year: int
    email: str
    bio: str
    tags: tuple[str, ...]

    def scalars(self) -> dict[str, Any]:
        """The single values by name."""
        return {
            "first": self.first,
            "last": self.last,
            "nick": self.nick,
            "year": self.year,
            "email": self.email,
            "bio": self.bio,
        }

    def stored(self) -> dict[str, object]:
        """What reading all its values gives."""
        return {**self.scalars(), "year": str(self.year), "visits": "0", "tags": set(self.tags)}

    def meets(self, last: str, year: int, nick: str) -> bool:
        """Whether it answers the three-way filter."""
        return self.last == last and self.year >= year and self.nick.startswith(nick)


def last_names(count: int) -> int:
    """How many last names that many people have."""
    return max(1, count // PER_LAST_NAME)


def numbered(number: int, names: int, chance: random.Random) -> Person:
    """The person of this number; the email tells it from all others."""
    position = number // names
    begin = int(chance.random() * (len(_TEXT) - _BIO))
    return Person(
        first=_FIRST[number % len(_FIRST)],
        last=f"last-{number % names}",
        nick="mn"[position // 3 % 2] + "".join(chance.choices(_LETTERS, k=6)),
        year=1900 + position * 37 % 120,
        email=f"person-{number}@example.org",
        bio=_TEXT[begin : begin + _BIO],
        tags=tuple(chance.sample(_TAGS, 3)),
    )


def people(count: int) -> Iterator[Person]:
    """The first ``count`` people; PER_LAST_NAME of them share each last name."""
    chance = random.Random(count)
    names = last_names(count)
    for number in range(count):
        yield numbered(number, names, chance)
