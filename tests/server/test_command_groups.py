"""The server's own list of commands against the commands of the fields."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from limpyd_ng import fields
from limpyd_ng.commands import KEY, LEFT_OUT
from limpyd_ng.commands.row import read
from limpyd_ng.exceptions import UnsupportedCommandError

TYPES: dict[str, tuple[type[fields.RedisField], ...]] = {
    "string": (fields.StringField,),
    "bitmap": (fields.StringField,),
    "hyperloglog": (fields.StringField,),
    "hash": (fields.HashField,),
    "list": (fields.ListField,),
    "set": (fields.SetField,),
    "sorted-set": (fields.SortedSetField,),
    "sorted_set": (fields.SortedSetField,),
    "geo": (fields.SortedSetField,),
}
EVERY = (fields.StringField, fields.HashField, fields.ListField, fields.SetField, fields.SortedSetField)
#: of the commands for sorting, only types that can be sorted have them
SORTABLE = (fields.ListField, fields.SetField, fields.SortedSetField)
#: commands of an entry of a hash are named as those of the hash
NOT_OF_AN_ENTRY = {"hgetall", "hkeys", "hvals", "hlen", "hrandfield", "hmset", "hmget", "hscan"}


@pytest.fixture
def groups(raw: redis.Redis) -> dict[str, list[str]]:
    """The names of the server's commands by group."""
    raw.response_callbacks.pop("COMMAND DOCS", None)
    try:
        docs: Any = raw.execute_command("COMMAND DOCS")
    except redis.ResponseError as error:
        pytest.skip(f"the server has no COMMAND DOCS: {error}")
    found: dict[str, list[str]] = {}
    for name, doc in _pairs(docs).items():
        found.setdefault(_pairs(doc)["group"], []).append(name.lower())
    return found


def _pairs(reply: Any) -> dict[str, Any]:
    return dict(zip(reply[::2], reply[1::2], strict=True)) if isinstance(reply, list) else reply


def _offers(field_class: type[fields.RedisField], command: str) -> bool:
    return command in field_class.available_commands or command in vars(field_class)


def test_the_server_names_the_groups_that_the_fields_are_about(groups):
    assert {"string", "hash", "list", "set", "generic", "bitmap"} <= set(groups)
    assert "sorted-set" in groups or "sorted_set" in groups


@pytest.mark.parametrize("group", sorted(TYPES))
def test_every_command_of_a_type_is_offered_or_left_out_for_a_reason(groups, group):
    missing = [
        f"{field_class.__name__}.{command}"
        for command in groups.get(group, ())
        for field_class in TYPES[group]
        if command not in LEFT_OUT and not _offers(field_class, command)
    ]
    assert missing == []


def test_every_generic_command_is_offered_by_every_type_or_left_out_for_a_reason(groups):
    missing = [
        f"{field_class.__name__}.{command}"
        for command in groups["generic"]
        for field_class in (SORTABLE if command in ("sort", "sort_ro") else EVERY)
        if command not in LEFT_OUT and not _offers(field_class, command)
    ]
    assert missing == []


def test_every_hash_command_about_one_entry_is_offered_by_an_instance_hash_field(groups):
    missing = [
        command
        for command in groups["hash"]
        if command not in NOT_OF_AN_ENTRY and not _offers(fields.InstanceHashField, command)
    ]
    assert missing == []


def test_no_field_offers_a_command_that_no_server_has(groups):
    known = {name.replace(" ", "_") for names in groups.values() for name in names}
    known |= {"delete", "memory_usage"}  # DEL, MEMORY USAGE
    unknown = {
        command
        for field_class in (*EVERY, fields.InstanceHashField)
        for command, row in field_class.rows.items()
        if command not in known and row.since == ("6.2", "7.2")
    }
    assert unknown == set()


@pytest.mark.parametrize("command", sorted(LEFT_OUT))
def test_what_is_left_out_has_a_reason_and_no_field_offers_it(command):
    assert len(LEFT_OUT[command].split()) >= 3
    assert [cls.__name__ for cls in (*EVERY, fields.InstanceHashField) if _offers(cls, command)] == []


@pytest.mark.parametrize("field_class", [*EVERY, fields.InstanceHashField, fields.PKField])
def test_getters_and_modifiers_together_are_the_commands_of_a_field(field_class):
    assert set(field_class.available_commands) == {
        *field_class.available_getters,
        *field_class.available_modifiers,
    }
    assert set(field_class.available_getters) & set(field_class.available_modifiers) == set()
    assert all(callable(getattr(field_class, name)) for name in field_class.available_commands)


@pytest.mark.parametrize("field_class", EVERY)
def test_blocking_commands_are_marked_and_write(field_class):
    blocking = {name for name, row in field_class.rows.items() if row.blocking}
    assert blocking == {name for name in field_class.rows if name[0] == "b" and name[1:] in field_class.rows}
    assert all(field_class.rows[name].write for name in blocking)


def test_whether_a_row_writes_is_what_the_server_says(raw):
    flags = {name.upper(): set(info["flags"]) for name, info in raw.command().items()}
    wrong = []
    for field_class in (*EVERY, fields.InstanceHashField):
        for name, row in field_class.rows.items():
            command = _wire_name(row)
            # SORT writes only when it is told to store
            if name != "sort" and command in flags and row.write != ("write" in flags[command]):
                wrong.append(f"{field_class.__name__}.{name}")
    assert wrong == []


def _wire_name(row: Any) -> str:
    return {"delete": "DEL"}.get(row.name, row.name.upper())


def test_a_command_that_the_installed_redis_py_lacks_says_so():
    with pytest.raises(UnsupportedCommandError, match="redis-py"):
        read("nosuchcommand").build()
    args, _ = read("get").build()
    assert args == ("GET", KEY)
