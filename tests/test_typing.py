"""What type checkers are told: the stubs are current, user code in ``tests/typing`` is right.

mypy and pyright themselves run in CI (``.ci/run``) and in ``tox -e types``; here the user code runs.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "typing"


def user_code(name, monkeypatch):
    spec = importlib.util.spec_from_file_location(f"user_code_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # where the names in annotations are looked up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["plain", "awaited", "relations", "annotations"])
def test_user_code_that_type_checkers_accept_runs(name, clean, settings, monkeypatch):
    if name == "annotations":
        pytest.importorskip("pydantic")
    module = user_code(name, monkeypatch)
    module.main_database.reset(**settings)
    outcome = module.main()
    if outcome is not None:
        asyncio.run(outcome)
