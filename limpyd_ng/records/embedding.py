"""The fields that embedded fields stand for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

from ..dumping import takes_none
from ..exceptions import ImplementationError
from ..fields import EmbeddedField
from .natural import AnyField
from .sources import fields_of

__all__ = ["embed"]


def embed(cls: type[Any]) -> None:
    """Gives a model class the fields that its embedded fields stand for. Raises ImplementationError."""
    hidden = [one for name, one in cls._embedded.items() if name in vars(cls)]  # by another one, or None
    inner = {part.name for one in hidden for part in one.inside()}
    for name in {name for one in hidden for name in one.names()} | (inner - vars(cls).keys()):
        setattr(cls, name, None)
    own = {name: value for name, value in vars(cls).items() if isinstance(value, EmbeddedField)}
    cls._embedded = {name: one for name, one in cls._embedded.items() if name not in inner}
    for embedded in own.values():
        _embed(cls, embedded)
        cls._embedded.update({one.name: one for one in embedded.inside()})


def _embed(cls: Any, embedded: EmbeddedField) -> None:
    embedded.label = f"{cls.__name__}.{embedded.name}"
    natural = fields_of(embedded.kind)
    _refuse_unfit(embedded, natural)
    hints = get_type_hints(embedded.kind)
    embedded.nullable = {name for name in natural if takes_none(hints[name])}
    embedded.needed = {name for name, field in natural.items() if field.required}
    for local, field in {**natural, **embedded.leaves}.items():
        name = f"{embedded.name}__{local}"
        if getattr(cls, name, None) is not None:
            raise ImplementationError(f"{cls.__name__}.{name} is declared already: give it in leaves=")
        stored = f"{embedded.key_name or embedded.name}__{field.key_name or local}"
        field.key_name = None if stored == name else stored
        field.required = field.required and embedded.required
        if embedded.default is not None and embedded.default is not embedded.kind:
            field.default = getattr(embedded.default, local)
        elif not embedded.required and embedded.default is None and local not in embedded.leaves:
            field.default = None  # nothing of it is there unless the whole is given
        if field.indexable is None:
            field.indexable = embedded.indexable
        if isinstance(field, EmbeddedField):
            field.name = name
            _embed(cls, field)
            embedded.parts[local] = field
        else:
            setattr(cls, name, field)
            field.__set_name__(cls, name)
            embedded.parts[local] = name


def _refuse_unfit(embedded: EmbeddedField, natural: Mapping[str, AnyField]) -> None:
    unknown = [name for name in embedded.leaves if name not in natural]
    if unknown:
        known = ", ".join(natural)
        raise ImplementationError(
            f"{embedded.label}: {embedded.kind.__name__} has no {', '.join(unknown)}; it has {known}"
        )
    if dataclasses.is_dataclass(embedded.kind):
        hidden = [one.name for one in dataclasses.fields(embedded.kind) if not one.init]
        if hidden:
            names = ", ".join(hidden)
            raise ImplementationError(
                f"{embedded.label}: {names} of {embedded.kind.__name__} cannot be given (init=False)"
            )
