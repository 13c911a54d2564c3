"""Importing stays quick: what is not needed at once is left for later."""

from __future__ import annotations

import subprocess
import sys

_LATER = {
    "limpyd_ng.upkeep",
    "limpyd_ng.query.explain",
    "limpyd_ng.asyncio",
    "limpyd_ng.embedded",
    "pydantic",
}
_CODE = "import sys, limpyd_ng.model; print(*sys.modules)"


def test_importing_models_leaves_out_what_is_rarely_needed():
    printed = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=True).stdout
    assert "limpyd_ng.model" in printed.split()
    assert _LATER & set(printed.split()) == set()


def test_a_script_is_read_when_it_is_first_needed(monkeypatch):
    from limpyd_ng import lua

    read = []
    assemble = lua.assemble
    monkeypatch.setattr(lua, "assemble", lambda name: read.append(name) or assemble(name))
    script = lua.Script.of_file("guard")
    assert read == []
    assert script.sha == lua.Script("guard", script.text).sha
    assert read == ["guard"]
