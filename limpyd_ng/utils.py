"""Small helpers kept from redis-limpyd."""

from __future__ import annotations

import uuid
from typing import Any

__all__ = ["unique_key"]


def unique_key(connection: Any) -> str:
    """A key that does not exist yet, for temporary values of your own."""
    while True:
        key = uuid.uuid4().hex
        if not connection.exists(key):
            return key
