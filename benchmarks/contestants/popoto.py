"""Popoto at the parts of the job that it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import redis

from ..contest import Contestant
from ..people import Person

__all__ = ["Popoto"]


class Popoto(Contestant):
    """Its pks are made by the client: a number here, so that people are told apart as everywhere."""

    name = "Popoto"
    needs = "popoto"
    module = "popoto"
    share = 0.25
    lacks = "no prefix of a nickname; several requests for each write"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        import popoto
        from popoto.fields.shortcuts import IndexedField, TagField, UniqueField
        from popoto.redis_db import set_REDIS_DB_settings

        # one connection for all models of the process
        set_REDIS_DB_settings(
            connection_class=redis.UnixDomainSocketConnection, path=settings["unix_socket_path"]
        )

        class Human(popoto.Model):  # type: ignore[misc]
            number = popoto.KeyField(type=str)
            first = IndexedField(type=str)
            last = IndexedField(type=str)
            nick = popoto.Field(type=str)
            year = popoto.SortedField(type=int)
            email = UniqueField(type=str)
            bio = popoto.Field(type=str)
            visits = popoto.Field(type=int, default=0)
            tags = TagField()

        self.model, self._numbers = Human, count(1)

    def create(self, person: Person) -> str:
        number = str(next(self._numbers))
        self.model.create(number=number, **person.scalars(), tags=list(person.tags))
        return number

    def load(self, people: Sequence[Person]) -> list[str]:
        return [self.create(person) for person in people]

    def _get(self, pk: str) -> Any:
        human = self.model.query.get(number=pk)
        if human is None:
            raise KeyError(pk)
        return human

    def read(self, pk: str) -> dict[str, Any]:
        human = self._get(pk)
        names = ("first", "last", "nick", "year", "email", "bio", "visits")
        return {**{name: str(getattr(human, name)) for name in names}, "tags": set(human.tags)}

    def set_year(self, pk: str, year: int) -> Any:
        return self._save(pk, "year", year)

    def set_last(self, pk: str, last: str) -> Any:
        return self._save(pk, "last", last)

    def _save(self, pk: str, name: str, value: Any) -> Any:
        human = self._get(pk)
        setattr(human, name, value)
        human.save(update_fields=[name])
        return True

    def tag(self, pk: str, tag: str) -> Any:
        return self._save(pk, "tags", [*self._get(pk).tags, tag])

    def untag(self, pk: str, tag: str) -> Any:
        return self._save(pk, "tags", [one for one in self._get(pk).tags if one != tag])

    def delete(self, pk: str) -> Any:
        return bool(self._get(pk).delete())

    def pks(self, last: str) -> list[str]:
        return [one["number"] for one in self.model.query.filter(last=last).values("number")]

    def values(self, last: str) -> list[dict[str, Any]]:
        found = self.model.query.filter(last=last).values("number", "first", "nick", "year")
        return [{**one, "pk": one["number"]} for one in found]

    def instances(self, last: str) -> list[dict[str, Any]]:
        return [
            {"pk": human.number, "first": human.first, "nick": human.nick, "year": human.year}
            for human in self.model.query.filter(last=last)
        ]
