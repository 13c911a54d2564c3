"""Codecs of texts, numbers, flags and identifiers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from .base import EQUALITY, NUMBERS, Codec, refuse

__all__ = ["PLAIN"]

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
#: no power of ten beyond, where neither doubles nor a readable text can follow
_MOST_ZEROS = 300


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("is no str")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise refuse(f"is not valid text ({error.reason})") from None
    return str.__str__(value)


def _read_str(text: str) -> str:
    text.encode()  # bytes that are no text
    return text


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise refuse("is no bytes")
    return bytes(value)


def _read_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _int(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse("is no int")
    return int.__repr__(value)


def _read_int(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _float(value: Any) -> str:
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise refuse("is no float")
    number = float(value)
    if number != number:
        raise refuse("is not a number")
    # as INCRBYFLOAT writes them
    return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else float.__repr__(number)


def _read_float(text: str) -> float:
    number = float(text)
    if number != number or "_" in text:
        raise ValueError(text)
    return number


def _decimal(value: Any) -> str:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise refuse("is no Decimal")
    number = Decimal(value)
    if not number.is_finite():
        raise refuse("is not a finite number")
    if not number:
        return "0"
    if abs(number.adjusted()) > _MOST_ZEROS:
        raise refuse(f"is beyond 10 to the power of {_MOST_ZEROS}, or its inverse")
    text = format(number, "f")  # normalize() would round to the context's precision
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or "_" in text:
        raise ValueError(text)
    return number


def _bool(value: Any) -> str:
    if not isinstance(value, bool):
        raise refuse("is no bool")
    return "1" if value else "0"


def _read_bool(text: str) -> bool:
    return {"1": True, "0": False}[text] if text in ("0", "1") else _no_bool(text)


def _no_bool(text: str) -> bool:
    raise ValueError(text)


def _uuid(value: Any) -> str:
    if not isinstance(value, UUID):
        raise refuse("is no UUID")
    return str(value)


PLAIN: dict[type, Codec] = {
    str: Codec(_str, _read_str, name="str", order=EQUALITY),
    bytes: Codec(_bytes, _read_bytes, name="bytes", order=EQUALITY),
    int: Codec(_int, _read_int, name="int", order=NUMBERS),
    float: Codec(_float, _read_float, name="float", order=NUMBERS),
    Decimal: Codec(_decimal, _read_decimal, name="Decimal", order=NUMBERS),
    bool: Codec(_bool, _read_bool, name="bool", order=EQUALITY),
    UUID: Codec(_uuid, UUID, name="UUID", order=EQUALITY),
}
