"""Whether answers are right, and writes have happened: against the data as plain Python has it.

Each check is given a contestant, the arguments of the calls and the replies. It asserts; what it has
to ask it asks the contestant by another operation, whose own answers are checked in its own turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .contest import Calls, Contestant

__all__ = ["Checks"]

Replies = Sequence[Any]


class Checks:
    """The checks over a population."""

    def __init__(self, population: Any) -> None:
        self.population = population

    # writes

    def created(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """Each person can be read, and found by last name."""
        _hold(contestant, {str(pk): person for pk, (person,) in zip(replies, calls, strict=True)})

    def loaded(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The same for all of one load."""
        for (people,), pks in zip(calls, replies, strict=True):
            _hold(contestant, dict(zip(map(str, pks), people, strict=True)))

    def year_is_set(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The year reads as it was set; the reply is not a refusal."""
        _reply_all(calls, replies)
        for (pk, year), values in zip(calls, _read(contestant, calls), strict=True):
            assert values["year"] == str(year), (pk, year, values)

    def last_is_set(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The last name reads as it was set, and finds the object."""
        _reply_all(calls, replies)
        for (pk, last), values in zip(calls, _read(contestant, calls), strict=True):
            assert values["last"] == last, (pk, last, values)
        _are_found(contestant, dict(calls))  # type: ignore[arg-type]

    def tagged(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The tag is there, beside those that were."""
        _reply_all(calls, replies)
        for (pk, tag), values in zip(calls, _read(contestant, calls), strict=True):
            assert tag in values["tags"] and self._has_own(pk, values), (pk, tag, values)

    def untagged(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """It is gone, and no other."""
        _reply_all(calls, replies)
        for (pk, tag), values in zip(calls, _read(contestant, calls), strict=True):
            assert tag not in values["tags"] and self._has_own(pk, values), (pk, tag, values)

    def _has_own(self, pk: str, values: dict[str, Any]) -> bool:
        """Whether the tags are the person's own, beside those of other turns."""
        own = {tag for tag in values["tags"] if not tag.startswith("round-")}
        return own == set(self.population.people[pk].tags)

    def deleted(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """None of them can be read."""
        _reply_all(calls, replies)
        for (pk,) in calls:
            try:
                values = contestant.perform("read", [(pk,)])
            except contestant.missing:
                continue
            raise AssertionError(f"{pk} is still there: {values}")

    # native commands

    def visits(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The counter, as reading the object gives it."""
        expected = [values["visits"] for values in _read(contestant, calls)]
        assert [str(reply) for reply in replies] == [str(one) for one in expected], (replies, expected)

    def incremented(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The counter stands at what INCR replied."""
        assert all(int(reply) > 0 for reply in replies), replies
        self.visits(contestant, calls, replies)

    def bio(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The long text."""
        assert list(replies) == [self.population.people[pk].bio for (pk,) in calls], replies[:2]

    def five(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The number that ``prepare`` stored, as a number."""
        assert list(replies) == [5] * len(calls), replies[:5]

    def added(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """SADD counted one, and the member is there."""
        assert all(int(reply) == 1 for reply in replies), replies[:5]
        assert all(contestant.perform("native_sismember", calls)), calls[:5]

    def is_member(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """It is one: ``sadd`` added it in the same turn."""
        found = contestant.perform("native_smembers", [(pk,) for pk, _ in calls])
        for (_, value), reply, members in zip(calls, replies, found, strict=True):
            assert bool(reply) == (value in members), (value, reply, members)

    def members(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """SMEMBERS gives a set of those that SISMEMBER knows."""
        for (pk,), members in zip(calls, replies, strict=True):
            known = contestant.perform("native_sismember", [(pk, member) for member in members])
            assert all(known) and not any(contestant.perform("native_sismember", [(pk, "none")])), members

    # reads and queries

    def read(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """All values of the person; the counter may have been counted up."""
        for (pk,), reply in zip(calls, replies, strict=True):
            wanted = {**self.population.people[pk].stored(), "visits": str(reply["visits"])}
            assert _plain(reply) == wanted, (pk, reply)

    def pks(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """All of that last name, each once."""
        for (last,), reply in zip(calls, replies, strict=True):
            assert sorted(reply) == sorted(self.population.named(last)), (last, reply)

    def values(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """First name, nickname and year of all of that last name, each once."""
        for (last,), reply in zip(calls, replies, strict=True):
            named = self.population.named(last)
            expected = sorted((pk, p.first, p.nick, str(p.year)) for pk, p in named.items())
            found = sorted((one["pk"], one["first"], one["nick"], str(one["year"])) for one in reply)
            assert found == expected, (last, found)

    def page(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """The first 20 by year; ties in any order, for redis-limpyd leaves them so."""
        for row, reply in zip(calls, replies, strict=True):
            wanted = self._matching(row)
            people = self.population.named(row[0])
            assert set(reply) <= set(wanted) and len(set(reply)) == len(reply), (row, reply)
            assert [people[pk].year for pk in reply] == [people[pk].year for pk in wanted[:20]], (row, reply)

    def count(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """How many there are."""
        assert list(replies) == [len(self._matching(row)) for row in calls], (calls, replies)

    def exists(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """Whether there is any."""
        assert list(replies) == [bool(self._matching(row)) for row in calls], (calls, replies)

    def either(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """Those since that year, and the one of that pk."""
        for (last, year, pk), reply in zip(calls, replies, strict=True):
            since = {one for one, person in self.population.named(last).items() if person.year >= year}
            assert sorted(reply) == sorted(since | {pk}), (last, year, pk, reply)

    def before(self, contestant: Contestant, calls: Calls, replies: Replies) -> None:
        """Those before that year."""
        for (last, year), reply in zip(calls, replies, strict=True):
            named = self.population.named(last).items()
            assert sorted(reply) == sorted(pk for pk, person in named if person.year < year), (last, reply)

    def _matching(self, row: Sequence[Any]) -> list[str]:
        found = [
            (person.year, int(pk), pk)
            for pk, person in self.population.named(row[0]).items()
            if person.meets(*row)
        ]
        return [pk for _, _, pk in sorted(found)]


def _reply_all(calls: Calls, replies: Replies) -> None:
    assert len(replies) == len(calls)
    assert all(reply is not None and reply is not False for reply in replies), replies[:5]


def _read(contestant: Contestant, calls: Calls) -> list[dict[str, Any]]:
    return contestant.perform("read", [arguments[:1] for arguments in calls])


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    scalars = {name: str(value) for name, value in values.items() if name != "tags"}
    return {**scalars, "tags": set(values["tags"])}


def _hold(contestant: Contestant, people: dict[str, Any]) -> None:
    """Asserts that these people are stored, and found by their last names."""
    replies = contestant.perform("read", [(pk,) for pk in people])
    for (pk, person), values in zip(people.items(), replies, strict=True):
        assert _plain(values) == person.stored(), (pk, values)
    _are_found(contestant, {pk: person.last for pk, person in people.items()})


def _are_found(contestant: Contestant, lasts: dict[str, str]) -> None:
    if contestant.can("pks"):
        for pk, last in lasts.items():
            assert pk in contestant.perform("pks", [(last,)])[0], (pk, last)
