"""Fields for dataclasses and pydantic models."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args, get_type_hints

from ..exceptions import ImplementationError
from .natural import MISSING, AnyField, Options, field_for

__all__ = ["fields_of", "source_check_of"]


def fields_of(source: Any) -> dict[str, AnyField]:
    """The fields for a dataclass or a pydantic model. Raises ImplementationError for anything else."""
    if not isinstance(source, type):
        raise ImplementationError(f"{source!r} is neither a dataclass nor a pydantic model")
    described = getattr(source, "model_fields", None)
    if isinstance(described, Mapping):
        from ..codecs.checks import validators_of

        checks = validators_of(source)
        strict = bool(getattr(source, "model_config", {}).get("strict"))
        return {
            name: _pydantic_field(name, info, checks.get(name, ()), strict)
            for name, info in described.items()
        }
    if not dataclasses.is_dataclass(source):
        raise ImplementationError(f"{source!r} is neither a dataclass nor a pydantic model")
    hints = get_type_hints(source, include_extras=True)
    return {
        one.name: field_for(hints[one.name], _dataclass_default(one)) for one in dataclasses.fields(source)
    }


def source_check_of(source: Any) -> Any:
    """What checks all values together as a pydantic model does; None for other sources."""
    if not hasattr(source, "__pydantic_decorators__") or not hasattr(source, "model_fields"):
        return None
    from ..codecs import checks

    return checks.source_check_of(source)


def _dataclass_default(one: dataclasses.Field[Any]) -> Any:
    if one.default is not dataclasses.MISSING:
        return one.default
    return MISSING if one.default_factory is dataclasses.MISSING else one.default_factory


def _pydantic_field(name: str, info: Any, checks: Iterable[Any], strict: bool) -> AnyField:
    kind = info.annotation
    lax = any(getattr(note, "strict", None) is False for note in info.metadata)
    if strict and not lax and Any not in (kind, *get_args(kind)):
        kind = Annotated[kind, Options(strict=True)]
    for note in (*info.metadata, *checks):
        kind = Annotated[kind, note]
    if info.is_required():
        return field_for(kind)
    if getattr(info, "default_factory_takes_validated_data", False):
        raise ImplementationError(
            f"{name}: its default depends on other fields; give from_type a field instead, and write clean()"
        )
    return field_for(kind, info.default_factory or info.default)
