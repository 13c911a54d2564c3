"""The demonstration, run as a user runs it."""

from __future__ import annotations

import ast

import pytest
import redis

pytest.importorskip("airportsdata")
pytest.importorskip("rich")

from rich.console import Console

from limpyd_ng import __version__, cli
from limpyd_ng.demo import asking, loading, run
from limpyd_ng.demo.airports import NAMED, Airport, Nearby, choose, values_of
from limpyd_ng.demo.questions import QUESTIONS, Question
from limpyd_ng.demo.waiting import finished
from limpyd_ng.exceptions import UniquenessError
from limpyd_ng.testing import assert_indexes_right

pytestmark = pytest.mark.demo

PREFIX = "{limpyd-ng-demo:airport}:"


@pytest.fixture
def url(server, clean):
    """The session's server as a user would name it."""
    settings = server.settings
    if "unix_socket_path" in settings:
        return f"unix://{settings['unix_socket_path']}"
    return f"redis://{settings['host']}:{settings['port']}/{settings.get('db', 0)}"


@pytest.fixture
def airports(database):
    """A few airports, loaded."""
    with Airport.use_database(database):
        finished(loading.load(database, loading.records(60), Console(quiet=True)))
        yield database


def compact(text):
    """Without what wrapping and padding change."""
    return "".join(text.split())


# run as a whole


@pytest.mark.parametrize("waits", [False, True], ids=["sync", "asyncio"])
def test_the_demo_on_its_own_server_answers_every_question(capsys, waits):
    assert cli.main(["demo", "--limit", "500", *(["--async"] if waits else [])]) == 0
    shown = capsys.readouterr().out
    assert "loaded 500 airports in" in shown and "airports per second" in shown
    for number, question in enumerate(QUESTIONS, 1):
        assert f"{number}. {question.title}"[:60] in shown
        assert compact(question.code(waits)) in compact(shown)
    for expected in (
        "London Heathrow Airport",
        "UniquenessError",
        "El Alto International Airport",
        "1 request |",
        "index of country:",
        "((1, 0), (0, 1))",
    ):
        assert expected in shown
    assert Airport.database is None


def test_at_a_url_other_keys_are_left_and_its_own_are_removed(url, raw, capsys):
    others = {"theirs": "1", "{limpyd-ng-demo:airport2}:pks": "2", "limpyd-ng-demo": "3", "x" + PREFIX: "4"}
    raw.mset(others)
    raw.set(PREFIX + "left-over", "from an earlier run")
    assert cli.main(["demo", "--url", url, "--limit", "60"]) == 0
    assert "keys of the demonstration" in capsys.readouterr().out
    assert {key: raw.get(key) for key in raw.scan_iter()} == others


def test_at_a_url_the_data_can_be_kept(url, raw):
    assert cli.main(["demo", "--url", url, "--limit", "60", "--keep"]) == 0
    assert raw.scard(PREFIX + "pks") == 60
    assert all(key.startswith(PREFIX) for key in raw.scan_iter())


@pytest.mark.parametrize("waits", [False, True], ids=["sync", "asyncio"])
def test_an_interrupted_demo_removes_its_keys(url, raw, monkeypatch, capsys, waits):
    def interrupt(*args):
        assert raw.exists(PREFIX + "pks")
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "ask", interrupt)
    assert cli.main(["demo", "--url", url, "--limit", "60", *(["--async"] if waits else [])]) == 130
    assert raw.keys() == []


def test_the_code_for_a_plain_database_is_that_for_asyncio_without_its_words():
    for question in QUESTIONS:
        assert "await" not in question.code(False) and "async" not in question.code(False)
        assert question.code(True) == question.source


def test_a_folder_keeps_the_data_for_the_next_run(tmp_path, capsys):
    folder = str(tmp_path / "data")
    assert cli.main(["demo", "--path", folder, "--limit", "60"]) == 0
    assert "loaded 60 airports" in capsys.readouterr().out
    assert cli.main(["demo", "--path", folder, "--limit", "60"]) == 0
    assert "found 60 airports of an earlier run" in capsys.readouterr().out
    assert cli.main(["demo", "--path", folder, "--limit", "70"]) == 0
    assert "loaded 70 airports" in capsys.readouterr().out


# the command line


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.split() == ["limpyd-ng", __version__]


def test_without_a_command_help_is_shown(capsys):
    assert cli.main([]) == 2
    assert "demo" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--limit", "x"], ["--url", "a", "--path", "b"]])
def test_wrong_options_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["demo", *arguments])
    assert stopped.value.code == 2


def test_a_missing_extra_is_named(monkeypatch, capsys):
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == "rich" else object())
    assert cli.main(["demo"]) == 1
    assert "the demo needs rich: pip install 'limpyd-ng[demo]'" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told(tmp_path, capsys):
    assert cli.main(["demo", "--url", f"unix://{tmp_path}/none", "--limit", "5"]) == 1
    assert capsys.readouterr().err.startswith("limpyd-ng: ")


# the parts


def test_the_code_that_is_shown_is_the_code_that_runs(airports):
    question = Question("sum", 'first = await Airport.get(icao="LFPG")\nawait first.icao.hget() + "!"')
    assert finished(asking.ask(airports, question)).value == "LFPG!"  # an older server is found out here
    answer = finished(asking.ask(airports, question))
    assert (answer.value, answer.requests) == ("LFPG!", 2)
    console = Console(width=200)
    with console.capture() as captured:
        finished(asking.show(airports, 1, question, answer, console))
    assert all(line in captured.get() for line in question.code(False).splitlines())


@pytest.mark.parametrize("waits", [False, True], ids=["sync", "asyncio"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title[:30])
def test_a_question_fits_the_screen_and_ends_with_its_answer(question, waits):
    assert all(len(line) < 80 for line in question.code(waits).splitlines())
    assert isinstance(ast.parse(question.code(waits)).body[-1], ast.Expr)


def test_an_error_that_is_no_answer_is_raised(airports):
    code = 'Airport.create(icao="LFPG")'
    with pytest.raises(UniquenessError):
        finished(asking.ask(airports, Question("refused", code)))
    answer = finished(asking.ask(airports, Question("refused", code, raises=UniquenessError)))
    assert isinstance(answer.value, UniquenessError)


def test_every_airport_is_loaded_with_all_its_values(airports):
    assert Airport.collection().count() == 60
    paris = Airport.get(icao="LFPG")
    assert paris.hmget("name", "country", "elevation") == [
        "Charles de Gaulle International Airport",
        "FR",
        "392",
    ]
    assert paris.timezone.get() == "Europe/Paris"
    assert paris.codes.hgetall() == {"iata": "CDG"}
    assert paris.tags.smembers() == {"europe", "north", "has-iata"}
    assert_indexes_right(Airport)


def test_cleaning_removes_every_key_of_the_demo(airports, raw):
    assert finished(loading.clean(airports)) > 300
    assert raw.keys() == []


def test_a_limited_choice_holds_the_airports_that_questions_name():
    known = loading.records()
    every = {airport["icao"]: airport for airport in known}
    assert len(known) > 25_000
    assert [airport["icao"] for airport in choose(every, 1)] == list(NAMED)
    chosen = [airport["icao"] for airport in choose(every, 300)]
    assert len(chosen) == len(set(chosen)) == 300


def test_nearby_airports_are_those_within_reach():
    def airport(icao, lat, lon):
        return {"icao": icao, "lat": lat, "lon": lon}

    # one degree of longitude is 55.6 km at 60 degrees north
    home = airport("HOME", 60.0, 10.0)
    others = [airport("EAST", 60.0, 10.5), airport("FAR", 60.0, 10.6), airport("NORTH", 60.2, 10.0)]
    assert Nearby([home, *others]).of(home) == {"NORTH": 22.2, "EAST": 27.8}


def test_an_airport_without_iata_code_has_no_such_code():
    airport = {
        "icao": "XX01",
        "iata": "",
        "lid": "L1",
        "name": "A",
        "city": "",
        "country": "US",
        "elevation": 6600.4,
        "lat": -1.0,
        "lon": 1.0,
        "tz": "America/Denver",
    }
    values = values_of(airport)
    assert values["codes"] == {"lid": "L1"} and values["city"] is None and values["elevation"] == 6600
    assert set(values["tags"]) == {"america", "south", "high"}


def test_redis_py_alone_can_read_the_data(airports, raw):
    assert isinstance(raw, redis.Redis)
    assert raw.hget(PREFIX + "hash:" + Airport.get(icao="EGLL").pk.get(), "name") == "London Heathrow Airport"
