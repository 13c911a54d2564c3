"""Types that pydantic knows: constraints, EmailStr, dataclasses, models, containers as JSON.

Pydantic may write less than a value holds (the stars of a SecretStr, the base of a subclass), so
each text is read again before it is stored: what would come back as something else is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from typing import Any

from pydantic import PydanticSchemaGenerationError, PydanticUserError, RootModel, TypeAdapter
from pydantic import ValidationError as PydanticError

from ..exceptions import ImplementationError
from .base import Codec, refuse
from .moments import MOMENTS
from .plain import PLAIN

__all__ = ["adapted"]

Text = str | bytes

#: shipped codecs by pydantic's word for their type
_BY_WORD = {kind.__name__.lower(): codec for kind, codec in {**PLAIN, **MOMENTS}.items()}


def adapted(kind: Any, inner: Codec | None = None, strict: bool = False) -> Codec:
    """The codec of a type that TypeAdapter takes. Raises ImplementationError for any other.

    ``inner`` is the shipped codec of the type that the constraints of ``kind`` are on: it stores what
    pydantic makes of the value. A type whose JSON is a string is stored as that string; anything else
    as JSON with sorted keys and sets. ``strict``: values are validated in pydantic's strict mode.
    """
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        schema = adapter.json_schema(mode="serialization")
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        raise ImplementationError(f"no codec for {kind!r}: {error.message}") from error
    name = getattr(kind, "__name__", None) or str(kind)
    valid = partial(_valid, adapter, strict or None)
    inner = _shipped(adapter, inner)
    if inner is not None:
        name, decode = f"valid {inner.name}", inner.decode
        return _codec(
            adapter,
            valid,
            inner.encode,
            lambda text: adapter.validate_python(decode(text)),
            name,
            inner.order,
        )
    if schema.get("type") == "string":
        return _codec(
            adapter,
            valid,
            lambda value: str(_plain(adapter, value)),
            lambda text: _read(adapter, json.dumps(text)),
            name,
        )
    return _codec(
        adapter,
        valid,
        lambda value: _json(_sorted(value, _plain(adapter, value))),
        lambda text: _read(adapter, text),
        name,
    )


def _shipped(adapter: TypeAdapter[Any], inner: Codec | None) -> Codec | None:
    """The shipped codec of what pydantic makes of a value; None if it has a text of its own."""
    schema: Any = adapter.core_schema
    if "serialization" in schema and schema["type"] != "function-plain":
        return None
    if schema.get("tz_constraint") == "naive":  # a moment that is known nowhere
        return None
    return inner or _BY_WORD.get(schema["type"])


def _codec(
    adapter: TypeAdapter[Any],
    valid: Callable[[Any], Any],
    write: Callable[[Any], Text],
    read: Callable[[str], Any],
    name: str,
    order: str = "equality",
) -> Codec:
    def encode(value: Any) -> Text:
        value = valid(value)
        text = write(value)
        again = read(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))
        if not _same(adapter, value, again):
            raise refuse(f"would be read back as {again!r}")
        return text

    return Codec(encode, read, name=name, order=order)


def _same(adapter: TypeAdapter[Any], value: Any, again: Any) -> bool:
    """Whether nothing is lost but what pydantic is told to leave out (``exclude``, private attributes)."""
    if type(value) is not type(again):
        return False
    return bool(value == again or adapter.dump_python(value) == adapter.dump_python(again))


def _valid(adapter: TypeAdapter[Any], strict: bool | None, value: Any) -> Any:
    try:
        return adapter.validate_python(value, strict=strict)
    except PydanticError as error:
        raise refuse("; ".join(_reason(problem) for problem in error.errors())) from None


def _reason(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else f"does not fit: {problem['msg']}"


# JSON has the names of fields, not their aliases, which are for the world outside and may differ
# for reading and writing


def _plain(adapter: TypeAdapter[Any], value: Any) -> Any:
    return adapter.dump_python(value, mode="json", by_alias=False, round_trip=True)


def _read(adapter: TypeAdapter[Any], text: str) -> Any:
    return adapter.validate_json(text, by_alias=False, by_name=True)


def _json(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sorted(value: Any, plain: Any) -> Any:
    """``plain``, the JSON of ``value``, with the elements of its sets in the order of their texts:
    Python's own order differs from one process to the next."""
    if isinstance(value, RootModel):
        return _sorted(value.root, plain)
    if isinstance(plain, list) and isinstance(value, Set):
        like = next(iter(value), None)
        return sorted((_sorted(like, item) for item in plain), key=_json)
    if isinstance(plain, list | dict):
        inside = _inside(value, plain)
        items = plain.values() if isinstance(plain, dict) else plain
        if len(inside) == len(plain):  # else a serializer of its own made something else of it
            found = [_sorted(one, item) for one, item in zip(inside, items, strict=True)]
            return dict(zip(plain, found, strict=True)) if isinstance(plain, dict) else found
    return plain


def _inside(value: Any, plain: Any) -> list[Any]:
    """What is in a container, or in the fields of a model or dataclass that ``plain`` names."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(plain, dict):
        return [getattr(value, name, None) for name in plain]
    return list(value) if isinstance(value, Sequence) else []
