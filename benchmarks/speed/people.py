"""The data: made-up people, about a hundred for each last name, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["PER_LAST_NAME", "Person", "numbered", "people"]

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

    def stored(self) -> dict[str, object]:
        """What reading all its values gives."""
        scalars = {
            name: str(getattr(self, name)) for name in ("first", "last", "nick", "year", "email", "bio")
        }
        return {**scalars, "visits": "0", "tags": set(self.tags)}

    def meets(self, last: str, year: int, nick: str) -> bool:
        """Whether it answers the three-way filter."""
        return self.last == last and self.year >= year and self.nick.startswith(nick)


def numbered(number: int, last_names: int, chance: random.Random) -> Person:
    """The person of this number; the email tells it from all others."""
    nick = "".join(chance.choices("mn", k=1) + chance.choices(_LETTERS, k=6))
    return Person(
        first=_FIRST[number % len(_FIRST)],
        last=f"last-{number % last_names}",
        nick=nick,
        year=chance.randrange(1900, 2020),
        email=f"person-{number}@example.org",
        bio="".join(chance.choices(_LETTERS + "     ", k=200)),
        tags=tuple(chance.sample(_TAGS, 3)),
    )


def people(count: int) -> Iterator[Person]:
    """The first ``count`` people; PER_LAST_NAME of them share each last name."""
    chance = random.Random(count)
    last_names = max(1, count // PER_LAST_NAME)
    for number in range(count):
        yield numbered(number, last_names, chance)
