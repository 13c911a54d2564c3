"""The validators of pydantic models, for the models that are made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, WrapValidator
from pydantic import ValidationError as PydanticError

__all__ = ["SourceCheck", "source_check_of", "validators_of"]

_VALIDATORS = {
    "before": BeforeValidator,
    "after": AfterValidator,
    "wrap": WrapValidator,
    "plain": PlainValidator,
}


def validators_of(model: Any) -> dict[str, list[Any]]:
    """The ``@field_validator`` methods of a pydantic model as notes for ``Annotated``, by field."""
    found: dict[str, list[Any]] = {}
    for check in model.__pydantic_decorators__.field_validators.values():
        names = model.model_fields if "*" in check.info.fields else check.info.fields
        for name in names:
            found.setdefault(name, []).append(_VALIDATORS[check.info.mode](check.func))
    return found


def source_check_of(model: Any) -> SourceCheck | None:
    """What runs the ``@model_validator`` methods of a pydantic model; None if there are none."""
    return SourceCheck(model) if model.__pydantic_decorators__.model_validators else None


class SourceCheck:
    """Validates the values of all fields of a pydantic model together."""

    def __init__(self, model: Any) -> None:
        self._model = model
        #: the fields whose values it needs
        self.names = frozenset(model.model_fields)

    def __call__(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Any, str]]]:
        """The values that validators changed, and the problems: field ('' for several), value, reason."""
        try:
            made = self._model.model_validate(dict(values), by_alias=False, by_name=True)
        except PydanticError as error:
            return {}, [self._problem(one) for one in error.errors()]
        now = {name: getattr(made, name, value) for name, value in values.items()}
        return {name: value for name, value in now.items() if not _same(value, values[name])}, []

    def _problem(self, error: Any) -> tuple[str, Any, str]:
        where = error["loc"]
        name = where[0] if where and where[0] in self.names else ""
        inside = ".".join(map(str, where[1:] if name else where))
        return name, error["input"], f"{inside}: {error['msg']}" if inside else error["msg"]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
