"""The operations that are timed, with arguments that differ from call to call."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .checks import Checks
from .contest import Calls, Contestant, Operation
from .people import Person, last_names, numbered
from .report import Target

__all__ = ["Population", "operations", "queries"]

_NATIVE = Target(0.9, 1.2)
_WRITE = Target(0.8, 1.1)
_READ = Target(0.9, 1.1)
_LOAD = Target(0.8, 1.0)


class Population:
    """What is stored, as plain Python; the same in every contestant."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = dict(zip(map(str, range(1, len(people) + 1)), people, strict=True))
        self.pks = list(self.people)
        self.last_names = last_names(len(people))
        self._fresh = len(people)
        self._random = random.Random(7)
        self._by_last: dict[str, dict[str, Person]] = {}
        for pk, person in self.people.items():
            self._by_last.setdefault(person.last, {})[pk] = person

    def some(self, count: int, number: int) -> list[str]:
        """Pks of stored people, the same for every contestant in a turn."""
        return random.Random(number + 1000).sample(self.pks, count)

    def fresh(self, count: int) -> list[Person]:
        """People that are stored nowhere; their last names are those of nobody else."""
        start, self._fresh = self._fresh, self._fresh + count
        made = [numbered(number, 50, self._random) for number in range(start, start + count)]
        return [replace(person, last=f"new-{person.last}") for person in made]

    def named(self, last: str) -> dict[str, Person]:
        """The people of one last name, by pk."""
        return self._by_last.get(last, {})


def operations(population: Population, calls: int) -> list[Operation]:
    """All operations over stored people, with so many calls in a round."""
    arguments, check = _Arguments(population, calls), Checks(population)
    return [
        *_writes(population, arguments, check),
        *_natives(arguments, check),
        *queries(check, arguments.by_last),
    ]


class _Arguments:
    """The arguments of the calls of a round, for each kind of operation."""

    def __init__(self, population: Population, calls: int) -> None:
        self.population = population
        self._calls = calls

    def count(self, contestant: Contestant) -> int:
        return max(2, int(self._calls * contestant.share))

    def on_some(self, *more: Callable[[int, str], Any]) -> Callable[[Contestant, int], Calls]:
        """Some pks, and what each of ``more`` makes of turn and pk."""

        def make(contestant: Contestant, number: int) -> Calls:
            pks = self.population.some(self.count(contestant), number)
            return [(pk, *(item(number, pk) for item in more)) for pk in pks]

        return make

    def on_one(self, contestant: Contestant, number: int) -> Calls:
        return [("1",)] * self.count(contestant)

    def fresh(self, contestant: Contestant, number: int) -> Calls:
        return [(person,) for person in self.population.fresh(self.count(contestant))]

    def crowd(self, contestant: Contestant, number: int) -> Calls:
        return [(self.population.fresh(self.count(contestant)),)]

    def doomed(self, contestant: Contestant, number: int) -> Calls:
        people = self.population.fresh(self.count(contestant))
        return [(pk,) for pk in contestant.perform("load", [(people,)])[0]]

    def by_last(self, contestant: Contestant, number: int) -> Calls:
        calls = max(2, self.count(contestant) // 10)
        return [(f"last-{((number + 1) * 31 + call) % self.population.last_names}",) for call in range(calls)]


def _writes(population: Population, arguments: _Arguments, check: Checks) -> list[Operation]:
    def new_year(number: int, pk: str) -> int:
        return 1900 + number

    def old_year(number: int, pk: str) -> int:
        return population.people[pk].year

    def new_last(number: int, pk: str) -> str:
        return f"moved-{number}"

    def old_last(number: int, pk: str) -> str:
        return population.people[pk].last

    def new_tag(number: int, pk: str) -> str:
        return f"round-{number}"

    some = arguments.on_some
    return [
        Operation("create", "create", arguments.fresh, check.created, target=_WRITE),
        Operation("bulk load (objects)", "load", arguments.crowd, check.loaded, bulk=True, target=_LOAD),
        Operation("fetch and read all values", "read", some(), check.read, target=_READ),
        Operation(
            "update a number-indexed field", "set_year", some(new_year), check.year_is_set, target=_WRITE
        ),
        Operation("  and back", "set_year", some(old_year), check.year_is_set, target=_WRITE),
        Operation(
            "update an equality-indexed field", "set_last", some(new_last), check.last_is_set, target=_WRITE
        ),
        Operation("  and back", "set_last", some(old_last), check.last_is_set, target=_WRITE),
        Operation("add a tag", "tag", some(new_tag), check.tagged, target=_WRITE),
        Operation("remove a tag", "untag", some(new_tag), check.untagged, target=_WRITE),
        Operation("delete", "delete", arguments.doomed, check.deleted, target=_WRITE),
    ]


def _natives(arguments: _Arguments, check: Checks) -> list[Operation]:
    def item(number: int, pk: str) -> str:
        return f"x{number}"

    some = arguments.on_some
    return [
        Operation("get", "native_get", some(), check.visits, target=_NATIVE),
        Operation("hget", "native_hget", some(), check.bio, target=_NATIVE),
        Operation("hget, typed int", "typed_hget", arguments.on_one, check.five, target=_NATIVE),
        Operation("incr", "native_incr", some(), check.incremented, target=_NATIVE),
        Operation("sadd", "native_sadd", some(item), check.added, target=_NATIVE),
        Operation("sismember", "native_sismember", some(item), check.is_member, target=_NATIVE),
        Operation("smembers", "native_smembers", some(), check.members, target=_NATIVE),
    ]


def queries(check: Checks, by_last: Callable[[Contestant, int], Calls]) -> list[Operation]:
    """The operations that only ask; ``by_last`` gives the last names."""

    def three_ways(contestant: Contestant, number: int) -> Calls:
        return [(*row, 1910, "m") for row in by_last(contestant, number)]

    return [
        Operation("equality, pks", "pks", by_last, check.pks, target=_READ),
        Operation("equality, values", "values", by_last, check.values, target=_READ),
        Operation("equality, instances read", "instances", by_last, check.values, target=_READ),
        Operation("three-way filter, sorted, first 20", "page", three_ways, check.page, target=_READ),
        Operation("three-way filter, count", "count", three_ways, check.count, target=_READ),
    ]
