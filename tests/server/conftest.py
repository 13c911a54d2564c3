"""On a plain database each command is compared with what type checkers are told of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from declared import watch
from faces import FACE


@pytest.fixture(scope="session", autouse=True)
def declared_types() -> Iterator[None]:
    """For all tests here: see declared.py."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        if FACE == "sync":
            watch(monkeypatch)
        yield
