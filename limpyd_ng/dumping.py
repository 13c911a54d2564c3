"""All values of an object at one moment: as a record of its model, or as a type of yours."""

from __future__ import annotations

import dataclasses
import threading
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from .exceptions import ImplementationError, InvalidValueError
from .fields import EmbeddedField, RedisField
from .fields.embedded import reasons_of
from .rules import UNFIT
from .schema import HASH, LIST, SET, SORTED_SET

__all__ = ["RecordBase", "RecordClass", "folded", "maker_of", "takes_none"]


class RecordBase:
    """Base of what ``dump`` gives: frozen dataclasses with the pk and every field of the model."""

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

        def __init__(self, **values: Any) -> None: ...
        def __getattr__(self, name: str) -> Any: ...

    #: the model whose values it has
    _model: ClassVar[Any]

    def __reduce__(self) -> Any:  # pickles find classes by their names, and Model.Record by its model's
        return _again, (self._model, dict(vars(self)))


def _again(model: Any, values: dict[str, Any]) -> RecordBase:
    """A record that was pickled."""
    made: RecordBase = model.Record(**values)
    return made


_MAKING = threading.Lock()


class RecordClass:
    """``Model.Record``, made when it is first asked for."""

    def __get__(self, instance: Any, owner: Any) -> type[RecordBase]:
        made: type[RecordBase] | None = vars(owner).get("_record")
        if made is None:
            with _MAKING:  # records of two classes would not be equal
                made = vars(owner).get("_record") or _record_of(owner)
                owner._record = made
        return made


def _record_of(model: Any) -> type[RecordBase]:
    outer = _outer(model)
    kinds: dict[str, Any] = {}
    for name, field in model._declared.items():
        one = outer.get(name)
        kinds[one.name if one else name] = one.kind_in_record if one else _kind_in_record(field)
    return dataclasses.make_dataclass(
        f"{model.__name__}Record",
        list(kinds.items()),
        bases=(RecordBase,),
        frozen=True,
        namespace={
            "__doc__": f"All values of a {model.__name__} at one moment.",
            "__module__": model.__module__,
            "_model": model,
        },
    )


def _kind_in_record(field: RedisField[Any]) -> Any:
    value = field.value_type
    if field.kind == SET:
        return set[value]  # type: ignore[valid-type]
    if field.kind == LIST:
        return list[value]  # type: ignore[valid-type]
    if field.kind == HASH:
        return dict[field.key_value_type, value]  # type: ignore[name-defined, valid-type]
    if field.kind == SORTED_SET:
        return dict[value, float]  # type: ignore[valid-type]
    return value if field.kind == "pk" else value | None


# the values of an object


def _outer(model: Any) -> dict[str, EmbeddedField]:
    """The embedded fields of a model that are not inside others, by the names of their fields."""
    inner = {one for each in model._embedded.values() for one in each.inside() if one is not each}
    outer = [one for one in model._embedded.values() if one not in inner]
    return {name: one for one in outer for name in one.names()}


def folded(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an object's fields with embedded ones put together."""
    outer = _outer(model)
    kept = {name: value for name, value in values.items() if name not in outer}
    return kept | {one.name: one.fold(values) for one in dict.fromkeys(outer.values())}


# types of yours


def takes_none(kind: Any) -> bool:
    """Whether a type is ``X | None``, with notes or without, or a Literal with None."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return takes_none(args[0])
    if origin in (Union, types.UnionType):
        return type(None) in args or any(map(takes_none, args))
    return origin is Literal and None in args


def maker_of(model: Any, kind: Any) -> Callable[[Mapping[str, Any]], Any]:
    """What makes a ``kind`` (a dataclass or pydantic model) of the values of a model's object.

    Raises ImplementationError if it needs what the model has not.
    """
    if kind is None:
        return lambda values: model.Record(**values)
    wanted = _parts_of(kind)
    known = {*model.Record.__dataclass_fields__, "pk"}
    unknown = [name for name, part in wanted.items() if part.needed and name not in known]
    if unknown:
        raise ImplementationError(
            f"{kind.__name__} needs {', '.join(unknown)}, which {model.__name__} does not have"
        )
    return lambda values: _made_of(kind, {"pk": values[model.schema.pk_name], **values}, model.__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """A field of a dataclass or pydantic model: whether it has no default, whether it may be None."""

    needed: bool
    nullable: bool


@cache
def _parts_of(kind: Any) -> dict[str, _Part]:
    described = getattr(kind, "model_fields", None)
    if isinstance(kind, type) and isinstance(described, Mapping):
        return {name: _Part(one.is_required(), takes_none(one.annotation)) for name, one in described.items()}
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise ImplementationError(f"{kind!r} is neither a dataclass nor a pydantic model")
    hints, missing = get_type_hints(kind), dataclasses.MISSING
    return {
        one.name: _Part(one.default is missing is one.default_factory, takes_none(hints[one.name]))
        for one in dataclasses.fields(kind)
        if one.init
    }


def _made_of(kind: Any, values: Mapping[str, Any], label: str) -> Any:
    """A ``kind`` of those of the values that it has. Raises InvalidValueError if they make none."""
    parts = _parts_of(kind)
    given = {
        name: values[name]
        for name, part in parts.items()
        if name in values and (values[name] is not None or part.nullable or part.needed)
    }
    try:
        if hasattr(kind, "model_validate"):
            return kind.model_validate(given, from_attributes=True, by_alias=False, by_name=True)
        return kind(**given)
    except UNFIT as error:
        raise InvalidValueError(
            f"{label}: Redis holds what makes no {kind.__name__}: {reasons_of(error)}"
        ) from error
