"""Every row of commands/ says what it does with typed values."""

from __future__ import annotations

import pytest

from limpyd_ng.commands import (
    ENTRY,
    GENERIC,
    HASH_ROWS,
    INSTANCE_HASH_ROWS,
    KEY,
    LIST_ROWS,
    SET_ROWS,
    SORTED_SET_ROWS,
    STRING_ROWS,
)
from limpyd_ng.commands.values import NO_VALUES, PASSES_TEXT, none

GROUPS = {
    "generic": GENERIC,
    "string": STRING_ROWS,
    "hash": HASH_ROWS,
    "instance hash": INSTANCE_HASH_ROWS,
    "list": LIST_ROWS,
    "set": SET_ROWS,
    "sorted set": SORTED_SET_ROWS,
}
ROWS = [(group, row) for group, rows in GROUPS.items() for row in rows]


def is_typed(row):
    return row.encodes is not none or row.decodes is not None


@pytest.mark.parametrize("group, row", ROWS, ids=[f"{group} {row.name}" for group, row in ROWS])
def test_a_row_is_typed_or_has_no_values_or_says_why_it_passes_text(group, row):
    if row.name.startswith("zr") and row.name.endswith("bylex") and row.decodes:
        assert row.name in PASSES_TEXT  # the reply is typed, the bounds are not
    else:
        assert [is_typed(row), row.name in NO_VALUES, row.name in PASSES_TEXT].count(True) == 1


@pytest.mark.parametrize("group, row", ROWS, ids=[f"{group} {row.name}" for group, row in ROWS])
def test_positions_fit_any_number_of_arguments(group, row):
    for count in range(2, 12):
        args = ("X", KEY, *["v"] * (count - 2))
        for positions in (row.encodes, row.encodes_keys):
            assert all(at > 1 for at in positions(args))


def test_new_values_of_writes_are_among_the_encoded_ones():
    for _, row in ROWS:
        args = ("SET", KEY, *(f"v{n}" for n in range(2, 9)))
        if row.write and row.news(args):
            encoded = {args[at] for at in row.encodes(args)}
            assert set(row.news(args)) <= encoded, row.name


def test_the_stored_values_of_a_write_are_the_new_ones():
    for _, row in ROWS:
        args = ("SET", KEY, *(f"v{n}" for n in range(2, 9)))
        stored = [args[at] for at in (row.stores or row.encodes)(args)]
        if row.write and not row.targets(args):
            assert sorted(stored) == sorted(row.news(args)), row.name
        elif row.write:
            assert stored == [], row.name


def test_entries_of_the_instance_hash_are_never_encoded():
    for row in INSTANCE_HASH_ROWS:
        args = ("X", KEY, ENTRY, "v", "FIELDS", 1, ENTRY)
        assert row.encodes_keys is none
        if row.name in ("hget", "hset", "hsetnx"):
            assert ENTRY not in [args[at] for at in row.encodes(args)]


@pytest.mark.parametrize(
    "name, args, expected",
    [
        ("set", ("SET", KEY, "IFEQ", "IFEQ", "IFNE", "EX", 10), [2, 4]),
        ("set", ("SET", KEY, "v", "GET", "IFNE", "GET"), [2, 5]),
        ("set", ("SET", KEY, "v", "IFEQ", "IFNE"), [2, 4]),
        ("geosearch", ("GEOSEARCH", KEY, b"FROMMEMBER", "FROMMEMBER", b"BYRADIUS", 1, b"m"), [3]),
        ("delex", ("DELEX", KEY, "IFEQ", "IFEQ"), [3]),
    ],
)
def test_values_that_are_words_of_the_command_are_values(name, args, expected):
    row = next(row for _, row in ROWS if row.name == name)
    assert list(row.encodes(args)) == expected


@pytest.mark.parametrize(
    "args, reply, expected",
    [
        (("SET", KEY, "GET"), True, True),
        (("SET", KEY, "v", "IFEQ", "GET"), True, True),
        (("SET", KEY, "v", "GET"), "old", "OLD"),
        (("SET", KEY, "v", "IFEQ", "GET", "GET"), "old", "OLD"),
    ],
)
def test_only_a_set_that_asks_for_the_old_value_gives_one(args, reply, expected):
    row = next(row for _, row in ROWS if row.name == "set")
    assert row.decodes(args, reply, str.upper, str) == expected
