"""JSON: lists and dicts of plain values, as one text."""

from __future__ import annotations

import json
from typing import Any

from .base import Codec, refuse

__all__ = ["JSON"]


def _encode(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode()  # what is no valid text
        read = json.loads(text)
    except RecursionError:
        raise refuse("is nested too deeply") from None
    if read != value:  # tuples, keys that are no texts
        raise refuse(f"would be read back as {read!r}")
    return text


#: what JSON knows, keys sorted and without blanks, so that equal values have equal texts
JSON = Codec(_encode, json.loads, name="JSON")
