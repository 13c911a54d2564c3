"""Redis OM at the parts of the job that it does on a server without modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import redis

from ..contest import Contestant
from ..people import Person

__all__ = ["RedisOm"]


class RedisOm(Contestant):
    """A hash for each object, and no index: those are the search module's, which is not there."""

    name = "redis-om"
    needs = "redis-om"
    module = "redis_om"
    share = 0.5
    lacks = "no index, unique or other, without the search module; a HashModel has no sets: tags are one text"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        import redis_om

        on = redis.Redis(**settings, decode_responses=True)

        class Human(redis_om.HashModel, index=True):  # type: ignore[misc, call-arg]
            first: str
            last: str
            nick: str
            year: int
            email: str
            bio: str
            visits: int = 0
            tags: str

            class Meta:
                database = on
                global_key_prefix = "om"

        self.model, self.redis, self._numbers = Human, on, count(1)
        self.missing = (redis_om.NotFoundError,)

    def close(self) -> None:
        self.redis.close()
        super().close()

    def create(self, person: Person) -> str:
        human = self.model(pk=str(next(self._numbers)), **person.scalars(), tags=",".join(person.tags))
        return human.save().pk  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        return [self.create(person) for person in people]

    def read(self, pk: str) -> dict[str, Any]:
        human = self.model.get(pk)
        names = ("first", "last", "nick", "year", "email", "bio", "visits")
        return {**{name: str(getattr(human, name)) for name in names}, "tags": set(human.tags.split(","))}

    def delete(self, pk: str) -> Any:
        return bool(self.model.delete(pk))
