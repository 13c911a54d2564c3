"""walrus at the parts of the job that it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..contest import Contestant
from ..people import Person

__all__ = ["Walrus"]


class Walrus(Contestant):
    """Each change of a field writes the whole object anew: that is what its models do."""

    name = "walrus"
    needs = "walrus"
    module = "walrus"
    share = 0.25
    lacks = "no unique email, no index of tags, no prefix of a nickname; several requests for each write"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        import walrus  # type: ignore[import-not-found, unused-ignore]

        on = walrus.Database(**settings)

        class Human(walrus.Model):  # type: ignore[misc]
            __database__ = on
            id = walrus.AutoIncrementField()
            first = walrus.TextField(index=True)
            last = walrus.TextField(index=True)
            nick = walrus.TextField(index=True)
            year = walrus.IntegerField(index=True)
            email = walrus.TextField(index=True)
            bio = walrus.TextField()
            visits = walrus.IntegerField()
            tags = walrus.SetField()

        self.model, self.database = Human, on

    def close(self) -> None:
        self.database.close()
        super().close()

    def create(self, person: Person) -> str:
        human = self.model.create(**person.scalars(), visits=0)
        human.tags.add(*person.tags)
        return str(human.id)

    def load(self, people: Sequence[Person]) -> list[str]:
        return [self.create(person) for person in people]

    def read(self, pk: str) -> dict[str, Any]:
        human = self.model.load(pk)
        names = ("first", "last", "nick", "year", "email", "bio", "visits")
        values = {name: str(getattr(human, name)) for name in names}
        return {**values, "tags": {tag.decode() for tag in human.tags.members()}}

    def set_year(self, pk: str, year: int) -> Any:
        return self._save(pk, "year", year)

    def set_last(self, pk: str, last: str) -> Any:
        return self._save(pk, "last", last)

    def _save(self, pk: str, name: str, value: Any) -> bool:
        human = self.model.load(pk)
        setattr(human, name, value)
        human.save()
        return True

    def native_incr(self, pk: str) -> Any:
        return self.model(id=int(pk)).incr(self.model.visits)

    def delete(self, pk: str) -> Any:
        self.model.load(pk).delete()
        return True

    def pks(self, last: str) -> list[str]:
        return [str(human.id) for human in self.model.query(self.model.last == last)]

    def values(self, last: str) -> list[dict[str, Any]]:
        return [
            {"pk": str(human.id), "first": human.first, "nick": human.nick, "year": human.year}
            for human in self.model.query(self.model.last == last)
        ]

    def instances(self, last: str) -> list[dict[str, Any]]:
        return self.values(last)
