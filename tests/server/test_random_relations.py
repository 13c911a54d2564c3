"""Random relations and deletions, against plain Python objects that point to each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.contrib import related
from limpyd_ng.exceptions import DoesNotExist, RestrictedError, UniquenessError
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, Slice, TextRangeIndex
from tests.oracle import assert_consistent

#: several pks share an entry
FOLDED = [EqualIndex.configure(prefix="odd", transform=lambda value: str(int(value) % 2))]
SLICED = [TextRangeIndex.configure(prefix="first", transform=Slice(0, 0))]
#: field -> (target, what a deletion does, how it holds pks)
RELATIONS = {
    "Group.owner": ("Person", "set_null", "one"),
    "Group.deputy": ("Person", "set_null", "unique"),
    "Group.boss": ("Person", "cascade", "one"),
    "Group.parent": ("Group", "cascade", "one"),
    "Group.members": ("Person", "set_null", "set"),
    "Group.queue": ("Person", "set_null", "list"),
    "Group.ranks": ("Person", "set_null", "zset"),
    "Group.friends": ("Group", "set_null", "set"),
    "Note.group": ("Group", "restrict", "one"),
    "Note.about": ("Person", "cascade", "set"),
    "Note.seen": ("Person", "restrict", "list"),
}


def make_models(on: Any) -> dict[str, Any]:
    class Person(related.RelatedModel):
        database = on
        name = fields.StringField(indexable=True)
        age = fields.InstanceHashField(indexes=[NumberRangeIndex])

    class Group(related.RelatedModel):
        database = on
        name = fields.InstanceHashField(indexable=True)
        owner = related.FKInstanceHashField("Person", related_name="owned")
        deputy = related.FKStringField("Person", unique=True, related_name="deputy_of")
        boss = related.FKStringField("Person", on_delete="cascade", related_name="bossed")
        parent = related.FKStringField("self", on_delete="cascade", related_name="children")
        members = related.M2MSetField("Person", related_name="member_of", indexes=FOLDED)
        queue = related.M2MListField("Person", related_name="queued_in", indexes=SLICED)
        ranks = related.M2MSortedSetField("Person", related_name="ranked_in")
        friends = related.M2MSetField("self", related_name="friend_of")

    class Note(related.RelatedModel):
        database = on
        name = fields.StringField(indexable=True)
        group = related.FKInstanceHashField("Group", on_delete="restrict", related_name="notes")
        about = related.M2MSetField("Person", on_delete="cascade", related_name="told_in")
        seen = related.M2MListField("Person", on_delete="restrict", related_name="saw")

    return {"Person": Person, "Group": Group, "Note": Note}


class Mirror:
    """The same objects in plain Python."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, dict[str, Any]]] = {"Person": {}, "Group": {}, "Note": {}}

    def pks(self, label: str, pk: str) -> list[str]:
        """What one relation of one object points to."""
        model, name = label.split(".")
        value = self.objects[model][pk].get(name)
        return [] if value is None else [value] if isinstance(value, str) else list(value)

    def referrers(self, label: str, target: str) -> set[str]:
        model = label.split(".")[0]
        return {pk for pk in self.objects[model] if target in self.pks(label, pk)}

    def doomed_with(self, model: str, pk: str) -> set[tuple[str, str]]:
        doomed, waiting = {(model, pk)}, [(model, pk)]
        while waiting:
            kind, target = waiting.pop()
            for label, (to, rule, _) in RELATIONS.items():
                if to == kind and rule == "cascade":
                    new = {(label.split(".")[0], each) for each in self.referrers(label, target)} - doomed
                    doomed |= new
                    waiting += new
        return doomed

    def delete(self, model: str, pks: Iterable[str]) -> bool:
        """Whether it was allowed."""
        doomed = {one for pk in pks for one in self.doomed_with(model, pk)}
        for kind, target in doomed:
            for label, (to, rule, _) in RELATIONS.items():
                source = label.split(".")[0]
                pointing = {(source, each) for each in self.referrers(label, target)}
                if to == kind and rule == "restrict" and pointing - doomed:
                    return False
        for kind, target in doomed:
            del self.objects[kind][target]
        for kind, target in doomed:
            for label, (to, rule, how) in RELATIONS.items():
                if to == kind and rule == "set_null":
                    for each in self.referrers(label, target):
                        self._clear(label, each, target, how)
        return True

    def _clear(self, label: str, pk: str, target: str, how: str) -> None:
        model, name = label.split(".")
        held = self.objects[model][pk]
        if how in ("one", "unique"):
            held[name] = None
        elif how == "list":
            held[name] = [each for each in held[name] if each != target]
        elif how == "set":
            held[name].discard(target)
        else:
            del held[name][target]


number = st.integers(1, 9)
label = st.sampled_from(sorted(RELATIONS))
models = st.sampled_from(["Person", "Group", "Note"])
step = st.one_of(
    st.tuples(st.just("create"), models, st.sampled_from("abc"), number),
    st.tuples(st.just("point"), label, number, number, st.sampled_from(["pk", "object"]), number),
    st.tuples(st.just("point"), label, number, number, st.sampled_from(["pk", "object"]), number),
    st.tuples(st.just("point"), label, number, number, st.sampled_from(["pk", "object"]), number),
    st.tuples(st.just("unpoint"), label, number, number),
    st.tuples(st.just("delete"), models, number),
    st.tuples(st.just("delete_found"), models, st.sampled_from("abc"), number),
    st.tuples(st.just("name_found"), models, st.sampled_from("abc"), st.sampled_from("abc")),
)


class World:
    """The models under test and their mirror; each step goes to both."""

    def __init__(self, database: Any, raw: Any) -> None:
        raw.flushdb()
        self.raw = raw
        self.models = make_models(database)
        self.mirror = Mirror()

    def run(self, step: Any) -> None:
        getattr(self, step[0])(*step[1:])

    def create(self, model: str, name: str, age: int) -> None:
        values: dict[str, Any] = {"name": name}
        if model == "Person":
            values["age"] = str(age)
        pk = self.models[model](**values).pk.get()
        empty: dict[str, Any] = {"one": None, "unique": None, "set": set(), "list": [], "zset": {}}
        for one, (_, _, how) in RELATIONS.items():
            if one.startswith(f"{model}."):
                held = empty[how]
                values[one.split(".")[1]] = held if held is None else type(held)()
        self.mirror.objects[model][pk] = values

    def field(self, one: str, pk: int) -> Any:
        model, name = one.split(".")
        return getattr(self.models[model].lazy_connect(pk), name)

    def point(self, one: str, pk: int, target: int, how: str, score: int) -> None:
        field, to = self.field(one, pk), RELATIONS[one][0]
        value = self.models[to].lazy_connect(target) if how == "object" else target
        kind = RELATIONS[one][2]
        exists = str(pk) in self.mirror.objects[one.split(".")[0]] and str(target) in self.mirror.objects[to]
        taken = kind == "unique" and self.mirror.referrers(one, str(target)) - {str(pk)}
        try:
            if kind == "zset":
                field.zadd({value: score})
            elif kind == "list" and score > 7:
                field.lpush(value)
            else:
                field.proxy_set(value)
        except DoesNotExist:
            assert not exists
            return
        except UniquenessError:
            assert taken
            return
        assert exists
        assert not taken
        self.hold(one, str(pk), str(target), score)

    def hold(self, one: str, pk: str, target: str, score: int) -> None:
        model, name = one.split(".")
        held, kind = self.mirror.objects[model][pk], RELATIONS[one][2]
        if kind in ("one", "unique"):
            held[name] = target
        elif kind == "set":
            held[name].add(target)
        elif kind == "list":
            held[name].insert(0 if score > 7 else len(held[name]), target)
        else:
            held[name][target] = score

    def unpoint(self, one: str, pk: int, target: int) -> None:
        model, name = one.split(".")
        if str(pk) not in self.mirror.objects[model]:
            return
        field, kind, held = self.field(one, pk), RELATIONS[one][2], self.mirror.objects[model][str(pk)]
        if kind in ("one", "unique"):
            field.delete()
            held[name] = None
        elif str(target) in self.mirror.pks(one, str(pk)):
            if kind == "list":
                field.lrem(1, target)
                held[name].remove(str(target))
            elif kind == "set":
                field.srem(target)
                held[name].remove(str(target))
            else:
                field.zrem(target)
                del held[name][str(target)]

    def delete(self, model: str, pk: int) -> None:
        known = str(pk) in self.mirror.objects[model]
        allowed = self.mirror.delete(model, [str(pk)]) if known else False
        try:
            self.models[model].lazy_connect(pk).delete()
        except DoesNotExist:
            assert not known
        except RestrictedError:
            assert known
            assert not allowed
        else:
            assert allowed

    def delete_found(self, model: str, name: str, size: int) -> None:
        """Chunk by chunk, until one is restricted."""
        there = self.mirror.objects[model]
        found = sorted((pk for pk in there if there[pk]["name"] == name), key=int)
        allowed = True
        for first in range(0, len(found), size):
            chunk = [pk for pk in found[first : first + size] if pk in there]
            allowed = allowed and self.mirror.delete(model, chunk)
        try:
            self.models[model].collection(name=name).sort().delete(chunk_size=size)
        except RestrictedError:
            assert not allowed
        else:
            assert allowed

    def name_found(self, model: str, name: str, new: str) -> None:
        there = self.mirror.objects[model]
        found = [pk for pk in there if there[pk]["name"] == name]
        assert self.models[model].collection(name=name).update(name=new, chunk_size=2) == len(found)
        for pk in found:
            there[pk]["name"] = new

    # looking

    def check(self) -> None:
        for name, model in self.models.items():
            assert set(model.collection()) == set(self.mirror.objects[name])
            assert_consistent(model, self.raw)
        for one, (to, _, kind) in RELATIONS.items():
            model, name = one.split(".")
            for pk, held in self.mirror.objects[model].items():
                assert self.stored(one, pk, kind) == held[name], (one, pk)
            relation = self.models[model].schema.fields[name].relation
            for target in self.mirror.objects[to]:
                there = getattr(self.models[to].lazy_connect(target), relation.name)()
                assert set(there) == self.mirror.referrers(one, target), (one, target)

    def ask(self) -> None:
        """Every step through one relation, and through two, either way."""
        for one in RELATIONS:
            for letter in "abc":
                self.ask_about(one, letter)
            self.fetch(one)

    def ask_about(self, one: str, letter: str) -> None:
        model, name = one.split(".")
        to, back = RELATIONS[one][0], self.models[model].schema.fields[name].relation.name
        here, there = self.mirror.objects[model], self.mirror.objects[to]
        self.compare(model, {f"{name}__name": letter}, lambda pk: self.forth(one, pk, letter))
        self.compare(to, {f"{back}__name": letter}, lambda pk: self.back(one, pk, letter))
        self.compare(to, {f"{back}__isnull": True}, lambda pk: not self.mirror.referrers(one, pk))
        self.compare(
            model,
            {f"{name}__{back}__name": letter, "name__in": ["a", "b"]},
            lambda pk: (
                here[pk]["name"] in "ab"
                and any(self.back(one, each, letter) for each in self.mirror.pks(one, pk))
            ),
        )
        if to == "Person":
            self.compare(
                model,
                {f"{name}__age__gt": 3, f"{name}__name": letter},
                lambda pk: any(
                    int(there[each]["age"]) > 3 and there[each]["name"] == letter
                    for each in self.mirror.pks(one, pk)
                ),
            )

    def fetch(self, one: str) -> None:
        model, name = one.split(".")
        there = self.mirror.objects[RELATIONS[one][0]]
        for thing in self.models[model].collection().instances(fetch=[name]):
            got = thing.fetched[name] or []
            got = got if isinstance(got, list) else [got]
            assert sorted(each["pk"] for each in got) == sorted(self.mirror.pks(one, thing.get_pk()))
            assert all(each["name"] == there[each["pk"]]["name"] for each in got)

    def compare(self, model: str, filters: dict[str, Any], wanted: Any) -> None:
        expected = {pk for pk in self.mirror.objects[model] if wanted(pk)}
        assert set(self.models[model].collection(**filters)) == expected, filters

    def forth(self, one: str, pk: str, letter: str) -> bool:
        there = self.mirror.objects[RELATIONS[one][0]]
        return any(there[each]["name"] == letter for each in self.mirror.pks(one, pk))

    def back(self, one: str, pk: str, letter: str) -> bool:
        here = self.mirror.objects[one.split(".")[0]]
        return any(here[each]["name"] == letter for each in self.mirror.referrers(one, pk))

    def stored(self, one: str, pk: str, kind: str) -> Any:
        field = self.field(one, int(pk))
        if kind in ("one", "unique"):
            return field.proxy_get()
        if kind == "set":
            return field.smembers()
        return field.lmembers() if kind == "list" else dict(map(tuple, field.zrange(0, -1, withscores=True)))


@settings(
    max_examples=max(5, settings.default.max_examples // 3),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data())
def test_after_random_relations_and_deletions_everything_is_as_in_plain_python(database, raw, data):
    world = World(database, raw)
    for number, model in enumerate(("Person", "Group", "Note") * 3):
        world.create(model, "abc"[number // 3], number)
    steps = data.draw(st.lists(step, min_size=40, max_size=60))
    for count, one in enumerate(steps):
        try:
            world.run(one)
            if one[0].startswith("delete") or count % 5 == 0:
                world.check()
        except BaseException as error:
            error.add_note(f"step {count}: {one}")
            raise
    world.check()
    world.ask()
