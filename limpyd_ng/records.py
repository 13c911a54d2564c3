"""Models from plain Python types: fields from annotations, dataclasses and pydantic models."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, TypeAlias, get_args, get_origin, get_type_hints

from .dumping import RecordBase, takes_none
from .exceptions import ImplementationError
from .fields import EmbeddedField, HashField, InstanceHashField, ListField, RedisField, SetField

__all__ = [
    "Options",
    "RecordBase",
    "annotated_fields",
    "embed",
    "field_for",
    "fields_of",
    "source_check_of",
]

AnyField: TypeAlias = RedisField[Any] | EmbeddedField

_MISSING: Any = object()
#: what a model class may say about itself, annotated or not
_SETTINGS = frozenset(
    (
        *("database", "namespace", "abstract", "lockable", "key_name", "unique_together"),
        *("default_indexable", "default_indexes", "collection_manager"),
    )
)


class Options:
    """Options for the field made from an annotation: ``name: Annotated[str, Options(unique=True)]``.

    ``flat=True``, for a dataclass or pydantic model, makes an EmbeddedField.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"Options({given})"


# from annotations to fields


def field_for(kind: Any, default: Any = _MISSING) -> AnyField:
    """The natural field of a type: SetField, ListField or HashField of ``set[X]``, ``list[X]``,
    ``dict[K, V]``, else an InstanceHashField; required if it has neither a default nor None."""
    kind, options = _without_options(kind)
    if options.pop("flat", False):
        return _embedded(kind, default, options)
    if default is not _MISSING and default is not None:
        options.setdefault("default", default)
    kind, limits = _without_limits(kind)
    options = {**limits, **options}
    if limits.get("min_items") and default is _MISSING and not takes_none(kind):
        options.setdefault("required", "default" not in options)
    origin, args = get_origin(_container(kind)), get_args(_container(kind))
    if origin in (set, frozenset) and args:
        return SetField(type=_typed(args[0]), **options)
    if origin is list and args:
        return ListField(type=_typed(args[0]), **options)
    if origin is dict and len(args) == 2:
        return HashField(key_type=_typed(args[0]), type=_typed(args[1]), **options)
    if default is _MISSING and not takes_none(kind) and "default" not in options:
        options.setdefault("required", True)
    return InstanceHashField(type=_typed(kind), **options)


def _embedded(kind: Any, default: Any, options: dict[str, Any]) -> EmbeddedField:
    options.pop("strict", None)  # its own fields say
    if default is _MISSING:
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


def _without_options(kind: Any) -> tuple[Any, dict[str, Any]]:
    options: dict[str, Any] = {}
    inner = _container(kind)
    if inner is not kind:  # Annotated[X, Options(...)] | None
        found, options = _without_options(inner)
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


def annotated_fields(cls: type[Any]) -> dict[str, AnyField]:
    """The fields that the annotations of a model class itself ask for.

    Annotations of settings of models, of private names and of ClassVars ask for none.
    Raises ImplementationError for one that cannot be understood.
    """
    found = {}
    for name, hint in vars(cls).get("__annotations__", {}).items():
        default = vars(cls).get(name, _MISSING)
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
    kind = _bare(kind)
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and issubclass(kind, RedisField | EmbeddedField)


def _bare(kind: Any) -> Any:
    """A type without notes."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def _field_of_class(kind: Any, default: Any) -> RedisField[Any] | None:
    """The field of ``price: StringField[Decimal]``; None where the class is not one of fields itself."""
    kind, options = _without_options(kind)
    kind = _bare(kind)
    cls = get_origin(kind) or kind
    if issubclass(cls, EmbeddedField) or not cls.kind:
        return None
    if default is not _MISSING and default is not None:
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


def fields_of(source: Any) -> dict[str, AnyField]:
    """The fields for a dataclass or a pydantic model. Raises ImplementationError for anything else."""
    if not isinstance(source, type):
        raise ImplementationError(f"{source!r} is neither a dataclass nor a pydantic model")
    described = getattr(source, "model_fields", None)
    if isinstance(described, Mapping):
        from .codecs.checks import validators_of

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
    from .codecs import checks

    return checks.source_check_of(source)


def _dataclass_default(one: dataclasses.Field[Any]) -> Any:
    if one.default is not dataclasses.MISSING:
        return one.default
    return _MISSING if one.default_factory is dataclasses.MISSING else one.default_factory


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


# embedded fields


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
