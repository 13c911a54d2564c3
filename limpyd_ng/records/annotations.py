"""Fields that the annotations of a model class ask for."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, ClassVar, get_origin

from ..exceptions import ImplementationError
from ..fields import EmbeddedField, RedisField
from .natural import MISSING, AnyField, bare, field_for, without_options

__all__ = ["annotated_fields"]

#: what a model class may say about itself, annotated or not
_SETTINGS = frozenset(
    (
        *("database", "namespace", "abstract", "lockable", "key_name", "unique_together"),
        *("default_indexable", "default_indexes", "collection_manager"),
    )
)


def annotated_fields(cls: type[Any]) -> dict[str, AnyField]:
    """The fields that the annotations of a model class itself ask for.

    Annotations of settings of models, of private names and of ClassVars ask for none.
    Raises ImplementationError for one that cannot be understood.
    """
    found = {}
    for name, hint in vars(cls).get("__annotations__", {}).items():
        default = vars(cls).get(name, MISSING)
        if (
            name.startswith("_")
            or name in _SETTINGS
            or isinstance(default, RedisField | EmbeddedField | property)
        ):
            continue
        kind = _evaluated(cls, name, hint)
        if kind is ClassVar or get_origin(kind) is ClassVar or hasattr(kind, "no_field"):
            continue
        if not _is_field(kind):
            found[name] = _named(f"{cls.__name__}.{name}", kind, default)
        elif (made := _field_of_class(kind, default)) and not _is_inherited(made, getattr(cls, name, None)):
            found[name] = made
    return found


def _named(label: str, kind: Any, default: Any) -> AnyField:
    """``field_for`` with errors that name the annotation."""
    try:
        return field_for(kind, default)
    except (ImplementationError, TypeError) as error:
        raise ImplementationError(f"{label}: {error}") from error


def _is_field(kind: Any) -> bool:
    kind = bare(kind)
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and issubclass(kind, RedisField | EmbeddedField)


def _field_of_class(kind: Any, default: Any) -> RedisField[Any] | None:
    """The field of ``price: StringField[Decimal]``; None where the class is not one of fields itself."""
    kind, options = without_options(kind)
    kind = bare(kind)
    cls = get_origin(kind) or kind
    if issubclass(cls, EmbeddedField) or not cls.kind:
        return None
    if default is not MISSING and default is not None:
        options.setdefault("default", default)
    try:
        field: RedisField[Any] = cls(**{**cls.bracketed(kind), **options})
    except TypeError as error:
        raise ImplementationError(
            f"{cls.__name__} cannot be made from an annotation alone: {error}"
        ) from error
    return field


def _is_inherited(field: RedisField[Any], known: Any) -> bool:
    """Whether the annotation says again what a parent class declares."""
    return (
        isinstance(known, type(field))
        and (known.value_type, known.key_value_type) == (field.value_type, field.key_value_type)
        and getattr(known, "to", None) == getattr(field, "to", None)
    )


def _evaluated(cls: type[Any], name: str, hint: Any) -> Any:
    if not isinstance(hint, str):
        return hint
    module = sys.modules.get(cls.__module__)
    own = {cls.__name__: "self", **vars(cls)}  # as relations call the model they are on
    names = (vars(module) if module is not None else {}, own)
    outer: Any = None
    with contextlib.suppress(Exception):  # what is in brackets may be declared later
        outer = eval(hint.partition("[")[0], *names)
    try:
        return outer if hasattr(outer, "no_field") else eval(hint, *names)
    except Exception as error:
        raise ImplementationError(
            f"{cls.__name__}.{name}: the annotation {hint!r} cannot be understood ({error}); "
            "types have to be known where the module of the model is"
        ) from error
