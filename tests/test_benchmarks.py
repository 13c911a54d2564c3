"""The benchmark can be trusted: it runs as a whole, and no wrong answer passes its checks."""

from __future__ import annotations

import json
import os
import sys

import pytest

from benchmarks.__main__ import SECTIONS, main
from benchmarks.arena import opened
from benchmarks.comparison import contest
from benchmarks.contest import Outcome, prepare
from benchmarks.contestants import CONTESTANTS, LIBRARIES, named
from benchmarks.contestants.handwritten import Pipelines
from benchmarks.contestants.ours import LimpydNg
from benchmarks.contestants.scripts import Scripts
from benchmarks.growth import asking, few_of
from benchmarks.machine import on_all_processors, on_one_processor
from benchmarks.operations import Population, operations
from benchmarks.people import people
from benchmarks.profiling import profile
from benchmarks.report import Figure, Target
from benchmarks.traffic import counted

OBJECTS = 150
TINY = ["--objects", "150", "--rounds", "1", "--calls", "10", "--growth", "200,400", "--processes", "2"]


@pytest.fixture(scope="module")
def population():
    return Population(list(people(OBJECTS)))


@pytest.fixture(scope="module")
def offered(population):
    return operations(population, 3)


@pytest.fixture
def scripts(population):
    with opened([Scripts], list(population.people.values())) as arena:
        yield arena.contestants[0]


def operation(offered, method):
    return next(one for one in offered if one.method == method)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system does not say")
def test_client_and_servers_share_one_processor_but_for_races(raw):
    before, server = os.sched_getaffinity(0), raw.info("server")["process_id"]
    at_first = os.sched_getaffinity(server)
    with on_one_processor():
        assert os.sched_getaffinity(0) == {min(before)}
        with on_all_processors([raw]):
            assert os.sched_getaffinity(0) >= before
            assert os.sched_getaffinity(server) >= at_first
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before and os.sched_getaffinity(server) == at_first
    with on_one_processor(False):
        assert os.sched_getaffinity(0) == before


def test_one_command_measures_everything_with_right_answers(tmp_path, capsys):
    names = ";".join(contestant.name for contestant in CONTESTANTS)
    files = [tmp_path / "results.json", tmp_path / "tables.inc"]
    options = ["--contestants", names, "--sections", ",".join(SECTIONS), "--imports", "1"]
    assert main([*TINY, *options, "--json", str(files[0]), "--rst", str(files[1])]) == 0

    results = json.loads(files[0].read_text())
    titles = [section["title"] for section in results["sections"]]
    assert titles == [
        "Against hand-written code", "Requests and commands", "Growth", "2 processes", "Start",
    ]  # fmt: skip
    against = results["sections"][0]["rows"]
    assert all(len(row["figures"]) == len(CONTESTANTS) and row["verdict"] for row in against)
    prices = {row["name"].strip(): row["figures"] for row in results["sections"][1]["rows"]}
    writes = [price["limpyd_ng"].split(" / ")[0] for name, price in prices.items() if "bulk" not in name]
    assert set(writes) == {"1"}  # whatever it is, it is one request
    printed = capsys.readouterr().out
    rst = files[1].read_text()
    for title in titles:
        assert title in printed and title in rst


def test_every_operation_can_be_profiled(scripts, offered):
    for method, command in (("create", "evalsha"), ("native_get", "get")):
        (one,) = profile(operation(offered, method), [scripts], rounds=1)
        assert [name for name, _, _ in one.sent] == [command]
        assert 0 < one.server < one.wall
        assert one.rest == one.wall - one.server


#: methods of an expert's code that do not do what they should
LIES = {
    "create": lambda self, person: "1",
    "load": lambda self, people: [str(number) for number in range(1, len(people) + 1)],
    "read": lambda self, pk: {**Scripts.honest_read(self, pk), "bio": ""},
    "set_year": lambda self, pk, year: 1,
    "set_last": lambda self, pk, last: 1,
    "tag": lambda self, pk, tag: 1,
    "untag": lambda self, pk, tag: Scripts.tag(self, pk, "tag-lost"),
    "delete": lambda self, pk: 1,
    "native_get": lambda self, pk: "77",
    "native_hget": lambda self, pk: "biography",
    "typed_hget": lambda self, pk: "5",
    "native_incr": lambda self, pk: 77,
    "native_sadd": lambda self, pk, value: 1,
    "native_sismember": lambda self, pk, value: 7,
    "native_smembers": lambda self, pk: {"x7"},
    "pks": lambda self, last: ["1"],
    "values": lambda self, last: [],
    "instances": lambda self, last: [],
    "page": lambda self, last, year, nick: [],
    "count": lambda self, last, year, nick: 1,
}


@pytest.mark.parametrize("method", LIES)
def test_a_wrong_answer_stops_the_benchmark(method, scripts, offered, monkeypatch):
    monkeypatch.setattr(Scripts, "honest_read", Scripts.read, raising=False)
    monkeypatch.setattr(Scripts, method, LIES[method])
    with pytest.raises(AssertionError, match=r"script, "):
        prepare(operation(offered, method), scripts)


def test_every_operation_has_its_lie(offered):
    assert {one.method for one in offered} == set(LIES)


def test_a_wrong_index_stops_the_benchmark(population, offered):
    with opened([Pipelines], list(population.people.values())) as arena:
        assert arena.contestants[0].index_errors() == []
        arena.contestants[0].client.sadd("i:last:nobody", "1")
        arena.contestants[0].client.zadd("i:year", {"2": 1})
        errors = arena.contestants[0].index_errors()
        assert errors == ["i:last:nobody: 1 entries differ", "i:year: 2 entries differ"]
        with pytest.raises(AssertionError, match="indexes are wrong"):
            contest([operation(offered, "native_get")], arena, 1, lambda: None)


def test_queries_have_as_many_answers_whatever_the_size():
    sizes = {}
    for size in (200, 400):
        few = few_of(people(size), size)
        rows = list(few.named(few.asked[0]).values())
        meeting = sum(person.meets(few.asked[0], 1910, "m") for person in rows)
        sizes[size] = (len(rows), meeting, sum(person.year >= 1990 for person in rows))
        assert {query.method for query in asking(few, 1)} >= {"pks", "page", "count", "either", "before"}
    assert sizes[200] == sizes[400]
    assert 20 < sizes[200][1] < 100


def test_a_pipeline_is_one_request_and_what_exec_runs_is_not_sent(scripts):
    with counted() as sent:
        pipe = scripts.client.pipeline()
        pipe.get("a")
        pipe.get("b")
        pipe.execute()
        scripts.client.get("c")
    assert sent.requests == 2
    assert sent.commands == {"multi": 1, "exec": 1, "get": 1}


def test_ratios_are_taken_round_by_round():
    mine, theirs = Outcome(seconds=[1.0, 2.0, 8.0]), Outcome(seconds=[2.0, 2.0, 2.0])
    assert mine.speed_against(theirs) == [2.0, 1.0, 0.25]
    assert mine.typical == 2.0


def test_targets_are_bounds_from_below_or_from_above():
    speed, size = Target(0.8, 1.1), Target(1.1, 0.9, most=True)
    assert [speed.verdict(ratio) for ratio in (1.2, 0.8, 0.79)] == ["aim met", "met", "missed"]
    assert [size.verdict(ratio) for ratio in (0.9, 1.0, 1.2)] == ["aim met", "met", "missed"]
    assert str(Figure(12_345.6, "/s", 0.5)) == "12,346/s (0.50)"


def test_what_is_not_installed_is_left_out_with_a_word(population, monkeypatch):
    for contestant in LIBRARIES:
        monkeypatch.setitem(sys.modules, contestant.module, None)
    with opened([*LIBRARIES, LimpydNg], list(population.people.values())[:3]) as arena:
        assert [contestant.name for contestant in arena.contestants] == ["limpyd_ng"]
    assert arena.left_out[0].startswith("redis-limpyd is left out (import of limpyd")
    assert arena.left_out[0].endswith("): pip install redis-limpyd 'setuptools<81'")
    assert len(arena.left_out) == len(LIBRARIES)


@pytest.mark.parametrize(
    "options", [["--only", "nothing"], ["--sections", "nothing"], ["--contestants", "nobody"]]
)
def test_unknown_names_are_refused_with_those_there_are(options):
    with pytest.raises(SystemExit, match="there is no .* there are "):
        main([*TINY, *options])
    with pytest.raises(SystemExit, match="there is no contestant 'x'"):
        named(["x"])
