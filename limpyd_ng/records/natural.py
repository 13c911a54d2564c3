"""The natural field of a type, and the options that its notes give."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, get_args, get_origin

from ..dumping import takes_none
from ..exceptions import ImplementationError
from ..fields import EmbeddedField, HashField, InstanceHashField, ListField, RedisField, SetField

__all__ = ["MISSING", "AnyField", "Options", "bare", "field_for", "without_options"]

AnyField: TypeAlias = RedisField[Any] | EmbeddedField

#: no default
MISSING: Any = object()


class Options:
    """Options for the field made from an annotation: ``name: Annotated[str, Options(unique=True)]``.

    ``flat=True``, for a dataclass or pydantic model, makes an EmbeddedField.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"Options({given})"


def field_for(kind: Any, default: Any = MISSING) -> AnyField:
    """The natural field of a type: SetField, ListField or HashField of ``set[X]``, ``list[X]``,
    ``dict[K, V]``, else an InstanceHashField; required if it has neither a default nor None."""
    kind, options = without_options(kind)
    if options.pop("flat", False):
        return _embedded(kind, default, options)
    if default is not MISSING and default is not None:
        options.setdefault("default", default)
    kind, limits = _without_limits(kind)
    options = {**limits, **options}
    if limits.get("min_items") and default is MISSING and not takes_none(kind):
        options.setdefault("required", "default" not in options)
    origin, args = get_origin(_container(kind)), get_args(_container(kind))
    if origin in (set, frozenset) and args:
        return SetField(type=_typed(args[0]), **options)
    if origin is list and args:
        return ListField(type=_typed(args[0]), **options)
    if origin is dict and len(args) == 2:
        return HashField(key_type=_typed(args[0]), type=_typed(args[1]), **options)
    if default is MISSING and not takes_none(kind) and "default" not in options:
        options.setdefault("required", True)
    return InstanceHashField(type=_typed(kind), **options)


def _embedded(kind: Any, default: Any, options: dict[str, Any]) -> EmbeddedField:
    options.pop("strict", None)  # its own fields say
    if default is MISSING:
        options.setdefault("required", not takes_none(kind) and "default" not in options)
    else:
        options.setdefault("default", default)
    return EmbeddedField(_container(kind), **options)


def _container(kind: Any) -> Any:
    """The X of ``X | None``: containers without elements are not in Redis anyway."""
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if takes_none(kind) and len(parts) == 1 else kind


def _typed(kind: Any) -> Any:
    return None if kind is Any else kind


def without_options(kind: Any) -> tuple[Any, dict[str, Any]]:
    options: dict[str, Any] = {}
    inner = _container(kind)
    if inner is not kind:  # Annotated[X, Options(...)] | None
        found, options = without_options(inner)
        return (found | None if options else kind), options
    if get_origin(kind) is Annotated:
        kind, *notes = get_args(kind)
        for note in notes:
            if isinstance(note, Options):
                options.update(note.options)
        kept = [note for note in notes if not isinstance(note, Options)]
        for note in kept:
            kind = Annotated[kind, note]
    if _has_options(kind):
        raise ImplementationError(
            "Options(...) is about the whole field: Annotated[list[X], Options(...)], not inside of it"
        )
    return kind, options


def _has_options(kind: Any) -> bool:
    notes = getattr(kind, "__metadata__", ())
    return any(isinstance(note, Options) for note in notes) or any(map(_has_options, get_args(kind)))


def _without_limits(kind: Any) -> tuple[Any, dict[str, int]]:
    """The container in ``Annotated[set[str], Field(max_length=3)]``, and how many values it may hold.

    With other notes it stays what it is: they are about the container as a whole.
    """
    if get_origin(kind) is not Annotated:
        return kind, {}
    container, *notes = get_args(kind)
    if get_origin(_container(container)) not in (set, frozenset, list, dict):
        return kind, {}
    limits: dict[str, int] = {}
    for note in [one for each in notes for one in getattr(each, "metadata", (each,))]:
        found = {name: getattr(note, name, None) for name in ("min_length", "max_length")}
        if type(note).__module__.partition(".")[0] != "annotated_types" or not any(found.values()):
            return kind, {}
        limits |= {name.replace("length", "items"): limit for name, limit in found.items() if limit}
    return container, limits


def bare(kind: Any) -> Any:
    """A type without notes."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind
