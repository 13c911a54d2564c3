"""``limpyd-ng indexes``: the indexes of models, from the command line."""

from __future__ import annotations

import sys

import pytest

from limpyd_ng import cli

MODELS = """
from limpyd_ng{face} import RedisDatabase, RedisModel, fields
from limpyd_ng.model import RedisModel as Imported

database = RedisDatabase(host="localhost", port=1)


class Base(RedisModel):
    database = database
    abstract = True
    namespace = "cli"


class Bike(Base):
    name = fields.StringField(indexable=True)
    code = fields.InstanceHashField(unique=True)


class Shop(Base):
    name = fields.StringField(indexable=True)


class Nowhere(RedisModel):
    name = fields.StringField()
"""


@pytest.fixture(params=[".model", ".asyncio"])
def models(request, clean, tmp_path, monkeypatch):
    source = MODELS.format(face=request.param).replace(
        "import RedisDatabase, RedisModel, fields",
        "import RedisDatabase, RedisModel\nfrom limpyd_ng import fields",
    )
    (tmp_path / "shop_models.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield "shop_models"
    sys.modules.pop("shop_models", None)


@pytest.fixture
def url(server):
    settings = server.settings
    if "unix_socket_path" in settings:
        return f"unix://{settings['unix_socket_path']}"
    return f"redis://{settings['host']}:{settings['port']}/{settings.get('db', 0)}"


def test_indexes_are_checked_repaired_and_rebuilt(models, url, raw, capsys):
    def run(action, *names):
        status = cli.main(["indexes", action, *(names or [models]), "--url", url])
        return status, capsys.readouterr().out

    assert run("check") == (0, "Bike: right\nShop: right\n")
    raw.sadd("{cli:bike}:pks", "1")
    raw.set("{cli:bike}:field:name:1", "speedy")
    assert run("check") == (
        1,
        "Bike: 1 differences\n  missing: Bike.name (equal) of pk '1': 'speedy'\nShop: right\n",
    )
    assert run("check", f"{models}:Shop") == (0, "Shop: right\n")
    assert run("rebuild", f"{models}:Bike", f"{models}:Bike") == (0, "Bike: 1 differences mended\n")
    raw.delete("{cli:bike}:index:name:equal:speedy")
    assert run("repair") == (0, "Bike: right\nShop: right\n")
    assert raw.smembers("{cli:bike}:index:name:equal:speedy") == {"1"}
    for pk in "23":
        raw.sadd("{cli:bike}:pks", pk)
        raw.hset(f"{{cli:bike}}:hash:{pk}", "code", "x")
    status, told = run("repair", f"{models}:Bike")
    assert status == 1 and "duplicate: Bike.code" in told


def test_a_terminal_is_shown_how_far_the_work_is(models, url, raw, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert cli.main(["indexes", "check", models, "--url", url]) == 0
    told = capsys.readouterr()
    assert told.out == "Bike: right\nShop: right\n"
    *shown, rest = told.err.split("\r\033[K")
    assert rest == "" and [one.rpartition("\r")[2] for one in shown] == [
        f"{name} [{'#' * 40}] 100%" for name in ("Bike", "Shop")
    ]


@pytest.mark.parametrize("name", ["no_such_module", "shop_models:Boat", "shop_models:Nowhere", "json"])
def test_names_that_lead_to_no_model_are_told(models, name, capsys):
    assert cli.main(["indexes", "check", name]) == 2
    assert "limpyd-ng: " in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told(models, capsys):
    assert cli.main(["indexes", "check", models]) == 1
    assert "limpyd-ng: " in capsys.readouterr().err
