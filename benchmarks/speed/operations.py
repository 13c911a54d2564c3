"""The operations that are timed, with arguments that differ from call to call."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from .contest import Contestant, Operation
from .people import PER_LAST_NAME, Person, numbered

__all__ = ["Table", "operations"]

Calls = Sequence[Sequence[Any]]


class Table:
    """What is stored, as plain Python; the same in every contestant."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = dict(zip(map(str, range(1, len(people) + 1)), people, strict=True))
        self.pks = list(self.people)
        self.last_names = max(1, len(people) // PER_LAST_NAME)
        self._fresh = len(people)
        self._random = random.Random(7)
        #: pks that each contestant has made in the rounds, to be deleted by it
        self.made: dict[str, list[str]] = {}

    def some(self, count: int, number: int) -> list[str]:
        """Pks of stored people, the same for every contestant in a round."""
        return random.Random(number).sample(self.pks, count)

    def fresh(self, count: int) -> list[Person]:
        """People that are stored nowhere; their last names are those of nobody else."""
        start, self._fresh = self._fresh, self._fresh + count
        made = [numbered(number, 50, self._random) for number in range(start, start + count)]
        return [Person(**{**_fields(person), "last": f"new-{person.last}"}) for person in made]

    def named(self, last: str) -> dict[str, Person]:
        """The people of one last name."""
        return {pk: person for pk, person in self.people.items() if person.last == last}


def _fields(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in Person.__slots__}


def _all_true(calls: Calls, replies: Sequence[Any]) -> None:
    assert len(replies) == len(calls)
    assert all(reply is not None and reply is not False for reply in replies), replies[:5]


def operations(table: Table, calls: int) -> list[Operation]:
    """All operations over stored people."""

    def on_some(*more: Any) -> Any:
        def make(contestant: Contestant, number: int) -> Calls:
            rows = []
            for pk in table.some(calls, number):
                rows.append((pk, *(item(number, pk) if callable(item) else item for item in more)))
            return rows

        return make

    def fresh(contestant: Contestant, number: int) -> Calls:
        return [(person,) for person in table.fresh(calls)]

    def load(contestant: Contestant, number: int) -> Calls:
        return [(table.fresh(calls),)]

    def doomed(contestant: Contestant, number: int) -> Calls:
        return [(pk,) for pk in contestant.perform("load", [(table.fresh(calls),)])[0]]

    def by_last(contestant: Contestant, number: int) -> Calls:
        return [(f"last-{(number * 31 + call) % table.last_names}",) for call in range(max(5, calls // 10))]

    def three_ways(contestant: Contestant, number: int) -> Calls:
        return [(*row, 1910, "m") for row in by_last(contestant, number)]

    def same_year(number: int, pk: str) -> int:
        return table.people[pk].year

    def same_last(number: int, pk: str) -> str:
        return table.people[pk].last

    return [
        Operation("create", "create", fresh, _all_true),
        Operation("bulk load (objects)", "load", load, _all_true, units=calls),
        Operation("fetch and read all values", "read", on_some(), lambda c, r: _check_read(table, c, r)),
        Operation(
            "update a number-indexed field", "set_year", on_some(lambda number, pk: 1900 + number), _all_true
        ),
        Operation("  and back", "set_year", on_some(same_year), _all_true),
        Operation(
            "update an equality-indexed field", "set_last", on_some(lambda n, pk: f"moved-{n}"), _all_true
        ),
        Operation("  and back", "set_last", on_some(same_last), _all_true),
        Operation("get", "native_get", on_some(), _all_true),
        Operation("hget", "native_hget", on_some(), _all_true),
        Operation("incr", "native_incr", on_some(), _all_true),
        Operation("sadd", "native_sadd", on_some("x"), _all_true),
        Operation("add a tag", "tag", on_some(lambda number, pk: f"round-{number}"), _all_true),
        Operation("remove a tag", "untag", on_some(lambda number, pk: f"round-{number}"), _all_true),
        Operation("delete", "delete", doomed, _all_true),
        Operation("equality, pks", "pks", by_last, lambda c, r: _check_pks(table, c, r)),
        Operation("equality, values", "values", by_last, lambda c, r: _check_values(table, c, r)),
        Operation("equality, instances read", "instances", by_last, lambda c, r: _check_values(table, c, r)),
        Operation(
            "three-way filter, sorted, first 20", "page", three_ways, lambda c, r: _check_page(table, c, r)
        ),
        Operation("three-way filter, count", "count", three_ways, lambda c, r: _check_count(table, c, r)),
    ]


def _check_read(table: Table, calls: Calls, replies: Sequence[Any]) -> None:
    for (pk,), reply in zip(calls, replies, strict=True):
        assert {**reply, "tags": set(reply["tags"])} == table.people[pk].stored(), (pk, reply)


def _check_pks(table: Table, calls: Calls, replies: Sequence[Any]) -> None:
    for (last,), reply in zip(calls, replies, strict=True):
        assert set(reply) == set(table.named(last))
        assert len(reply) == len(set(reply))


def _check_values(table: Table, calls: Calls, replies: Sequence[Any]) -> None:
    for (last,), reply in zip(calls, replies, strict=True):
        expected = {pk: (p.first, p.nick, str(p.year)) for pk, p in table.named(last).items()}
        assert {one["pk"]: (one["first"], one["nick"], one["year"]) for one in reply} == expected


def _matching(table: Table, row: Sequence[Any]) -> list[str]:
    last, year, nick = row
    found = [(p.year, int(pk), pk) for pk, p in table.named(last).items() if p.meets(last, year, nick)]
    return [pk for _, _, pk in sorted(found)]


def _check_page(table: Table, calls: Calls, replies: Sequence[Any]) -> None:
    for row, reply in zip(calls, replies, strict=True):
        wanted = _matching(table, row)[:20]
        # redis-limpyd leaves ties in any order
        assert [table.people[pk].year for pk in reply] == [table.people[pk].year for pk in wanted], (
            row,
            reply,
        )


def _check_count(table: Table, calls: Calls, replies: Sequence[Any]) -> None:
    for row, reply in zip(calls, replies, strict=True):
        assert reply == len(_matching(table, row)), row
