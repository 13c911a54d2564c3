"""limpyd_ng and redis-limpyd at the same job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from typing import Any

from limpyd_ng import fields
from limpyd_ng.database import RedisDatabase
from limpyd_ng.embedded import EmbeddedServer
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel

from .contest import Contestant
from .people import Person

__all__ = ["Limpyd", "LimpydNg"]

_PART = 500


def make_model(on: Any) -> Any:
    """The model of a database."""

    class Human(RedisModel):
        database = on
        first = fields.InstanceHashField(indexable=True)
        last = fields.InstanceHashField(indexable=True)
        nick = fields.InstanceHashField(indexes=[TextRangeIndex])
        year = fields.InstanceHashField(indexes=[NumberRangeIndex])
        email = fields.InstanceHashField(unique=True)
        bio = fields.InstanceHashField()
        visits = fields.StringField(default=0)
        tags = fields.SetField(indexable=True)
        seen = fields.SetField()

    return Human


_NAMES = tuple(field.name for field in dataclass_fields(Person))


class LimpydNg(Contestant):
    """This library, sync."""

    name = "limpyd_ng"

    def __init__(self, server: EmbeddedServer) -> None:
        super().__init__(server)
        self.database = RedisDatabase(**server.settings)
        self.model = make_model(self.database)

    def create(self, person: Person) -> str:
        return self.model.create(**asdict(person)).pk.get()  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        rows = ({name: getattr(person, name) for name in _NAMES} for person in people)
        created = self.model.create_many(rows)
        created.raise_refused()
        return created.pks  # type: ignore[no-any-return]

    def read(self, pk: str) -> dict[str, Any]:
        person: dict[str, Any] = self.model.lazy_connect(pk).snapshot()
        return {name: value for name, value in person.items() if name not in ("pk", "seen")}

    def set_year(self, pk: str, year: int) -> Any:
        return self.model.lazy_connect(pk).year.hset(year)

    def set_last(self, pk: str, last: str) -> Any:
        return self.model.lazy_connect(pk).last.hset(last)

    def native_get(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.get()

    def native_hget(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).bio.hget()

    def native_incr(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.incr()

    def native_sadd(self, pk: str, value: str) -> Any:
        return self.model.lazy_connect(pk).seen.sadd(value)

    def tag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.sadd(tag)

    def untag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.srem(tag)

    def delete(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).delete()

    def pks(self, last: str) -> list[str]:
        return list(self.model.collection(last=last))

    def values(self, last: str) -> list[dict[str, Any]]:
        return list(self.model.collection(last=last).values("pk", "first", "nick", "year"))

    def instances(self, last: str) -> list[dict[str, Any]]:
        found = self.model.collection(last=last).instances(values=["first", "nick", "year"])
        return [{"pk": one.pk.get(), **values} for one, values in found]

    def page(self, last: str, year: int, nick: str) -> list[str]:
        found = self.model.collection(last=last, year__gte=year, nick__startswith=nick)
        return list(found.sort(by="year")[:20])

    def count(self, last: str, year: int, nick: str) -> int:
        found = self.model.collection(last=last, year__gte=year, nick__startswith=nick)
        return found.count()  # type: ignore[no-any-return]


class Limpyd(Contestant):
    """redis-limpyd, where it is installed."""

    name = "redis-limpyd"

    def __init__(self, server: EmbeddedServer) -> None:
        super().__init__(server)
        from limpyd import database, fields, indexes, model
        from limpyd.contrib.collection import ExtendedCollectionManager

        on = database.RedisDatabase(unix_socket_path=server.settings["unix_socket_path"])

        class Human(model.RedisModel):  # type: ignore[misc]
            database = on
            collection_manager = ExtendedCollectionManager
            first = fields.InstanceHashField(indexable=True)
            last = fields.InstanceHashField(indexable=True)
            nick = fields.InstanceHashField(indexable=True, indexes=[indexes.TextRangeIndex])
            year = fields.InstanceHashField(indexable=True, indexes=[indexes.NumberRangeIndex])
            email = fields.InstanceHashField(unique=True)
            bio = fields.InstanceHashField()
            visits = fields.StringField()
            tags = fields.SetField(indexable=True)
            seen = fields.SetField()

        self.model = Human

    def create(self, person: Person) -> str:
        return self.model(**asdict(person), visits=0).pk.get()  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        return [self.create(person) for person in people]

    def read(self, pk: str) -> dict[str, Any]:
        person = self.model(pk)
        return {**person.hgetall(), "visits": person.visits.get(), "tags": person.tags.smembers()}

    def set_year(self, pk: str, year: int) -> Any:
        return self.model.lazy_connect(pk).year.hset(year)

    def set_last(self, pk: str, last: str) -> Any:
        return self.model.lazy_connect(pk).last.hset(last)

    def native_get(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.get()

    def native_hget(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).bio.hget()

    def native_incr(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.incr()

    def native_sadd(self, pk: str, value: str) -> Any:
        return self.model.lazy_connect(pk).seen.sadd(value)

    def tag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.sadd(tag)

    def untag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.srem(tag)

    def delete(self, pk: str) -> Any:
        self.model.lazy_connect(pk).delete()
        return True

    def pks(self, last: str) -> list[str]:
        return list(self.model.collection(last=last))

    def values(self, last: str) -> list[dict[str, Any]]:
        return list(self.model.collection(last=last).values("pk", "first", "nick", "year"))

    def instances(self, last: str) -> list[dict[str, Any]]:
        names = ("first", "nick", "year")
        return [
            {"pk": one.pk.get(), **dict(zip(names, one.hmget(*names), strict=True))}
            for one in self.model.collection(last=last).instances()
        ]

    def page(self, last: str, year: int, nick: str) -> list[str]:
        found = self.model.collection(last=last, year__gte=year, nick__startswith=nick)
        return list(found.sort(by="year")[:20])

    def count(self, last: str, year: int, nick: str) -> int:
        return len(self.model.collection(last=last, year__gte=year, nick__startswith=nick))
