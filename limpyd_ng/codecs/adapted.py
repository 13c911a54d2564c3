"""Types that pydantic knows: constraints, EmailStr, dataclasses, models, containers as JSON."""

from __future__ import annotations

import json
from typing import Any

from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter
from pydantic import ValidationError as PydanticError

from ..exceptions import ImplementationError
from .base import Codec, refuse

__all__ = ["adapted"]


def adapted(kind: Any, inner: Codec | None = None) -> Codec:
    """The codec of a type that TypeAdapter takes. Raises ImplementationError for any other.

    ``inner`` is the shipped codec of the type that the constraints of ``kind`` are on: it stores what
    pydantic makes of the value. A type whose JSON is a string is stored as that string; anything else
    as JSON with sorted keys.
    """
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        raise ImplementationError(f"no codec for {kind!r}: {error.message}") from error
    if inner is not None:
        return Codec(
            lambda value: inner.encode(_valid(adapter, value)),
            lambda text: _read(adapter, inner.decode(text)),
            name=f"valid {inner.name}",
            order=inner.order,
        )
    name = getattr(kind, "__name__", None) or str(kind)
    if _json_is_text(adapter):
        return Codec(
            lambda value: str(_jsonable(adapter, value)),
            lambda text: _read(adapter, text),
            name=name,
        )
    return Codec(
        lambda value: json.dumps(
            _jsonable(adapter, value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ),
        lambda text: adapter.validate_json(text),
        name=name,
    )


def _json_is_text(adapter: TypeAdapter[Any]) -> bool:
    schema = adapter.json_schema(mode="serialization")
    return bool(schema.get("type") == "string")


def _jsonable(adapter: TypeAdapter[Any], value: Any) -> Any:
    return adapter.dump_python(_valid(adapter, value), mode="json")


def _valid(adapter: TypeAdapter[Any], value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except PydanticError as error:
        raise refuse("; ".join(_reason(problem) for problem in error.errors())) from None


def _reason(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else f"does not fit: {problem['msg']}"


def _read(adapter: TypeAdapter[Any], value: Any) -> Any:
    return adapter.validate_python(value)
