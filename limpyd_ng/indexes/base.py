"""What every index is: which filters it answers, and how its entries are described.

An index knows no connection. It gives the write engine a *spec* (how a value becomes an
entry) and the query engine a *condition* (which entries a filter wants).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..codec import to_text
from ..exceptions import ImplementationError, InvalidValueError
from ..keys import check_name
from .transforms import Transform, chain

if TYPE_CHECKING:
    from ..schema import FieldSchema

__all__ = ["BaseIndex", "as_attribute", "as_values"]


def as_values(value: Any, where: str) -> list[Any]:
    """The values of an ``__in`` filter; raises InvalidValueError for a text."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise InvalidValueError(f"{where}: give an iterable of values, not {value!r}")
    return list(value)


class BaseIndex:
    """Base of the index classes; ``EqualIndex.configure(...)`` makes a variant of one.

    A subclass says what it answers by ``handled_suffixes`` and may define ``transform`` as
    a method. ``key`` keeps the entries of two indexes of one class on one field apart;
    ``prefix`` does too, and is part of the filter's name (``field__prefix__suffix``).
    """

    #: the filter suffixes answered; '' is the bare field name
    handled_suffixes: ClassVar[frozenset[str]] = frozenset()
    #: those whose value may stand in another field, which the server reads
    referable: ClassVar[frozenset[str]] = frozenset({"eq", "gt", "gte", "lt", "lte", "startswith"})
    #: how the scripts call this kind of index
    kind: ClassVar[str] = ""
    #: names the storage of the index in its keys
    key: ClassVar[str] = ""
    prefix: ClassVar[str | None] = None
    #: None, a Transform (applied by the server) or a Python callable (applied by the client)
    transform: Any = None
    #: whether filter values go through the transform too
    transform_query: ClassVar[bool] = False
    #: whether this index takes part in the check of a unique field
    handle_uniqueness: ClassVar[bool] = True
    #: into what the server splits a text, each part an entry: 'words' or 'grams:<bytes>'
    split: str = ""
    #: what ``configure`` takes, besides the name of the new class
    options: ClassVar[tuple[str, ...]] = (
        "prefix",
        "transform",
        "handle_uniqueness",
        "key",
        "transform_query",
    )
    #: the composed index classes (see MultiIndexes) that this one is a part of
    families: ClassVar[tuple[type[BaseIndex], ...]] = ()

    def __init__(self, field: FieldSchema) -> None:
        self.field = field
        self.where = field.label
        check_name("index key", self.key)
        if self.prefix is not None:
            check_name("index key", self.prefix)
        #: the part of the index's keys that follows the field name
        self.label = f"{self.key}.{self.prefix}" if self.prefix else self.key
        self.unique = field.unique and self.handle_uniqueness
        self.python = self.transform is not None and not isinstance(self.transform, Transform)
        #: the other fields whose values are in the entries, once they are linked
        self.others: tuple[FieldSchema, ...] = ()

    @classmethod
    def configure(cls, **options: Any) -> type[BaseIndex]:
        """A subclass with other ``options`` or another (class) ``name``.

        Raises TypeError for any other argument.
        """
        unknown = set(options) - {*cls.options, "name"}
        if unknown:
            raise TypeError(
                f"{cls.__name__}.configure() got unexpected arguments {sorted(unknown)}; "
                f"it takes {', '.join((*cls.options, 'name'))}"
            )
        name = options.pop("name", None) or cls.__name__
        if "transform" in options:
            options["transform"] = as_attribute(chain(options["transform"]))
        return type(name, (cls,), options)

    @classmethod
    def parts(cls) -> Iterable[type[BaseIndex]]:
        """The index classes this one stands for: itself, or those it is composed of."""
        return (cls,)

    def belongs_to(self, index_class: type[BaseIndex]) -> bool:
        """Whether this is an index of that class, or a part of one."""
        return isinstance(self, index_class) or any(issubclass(one, index_class) for one in self.families)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.where}>"

    # other fields

    def other_names(self) -> tuple[str, ...]:
        """The names of the other fields whose values are in the entries."""
        return ()

    def link(self, fields: Mapping[str, FieldSchema]) -> None:
        """Finds these fields, when all fields of the model are known.

        Raises ImplementationError for unknown fields and those of many values.
        """
        self.others = tuple(self._other(name, fields) for name in self.other_names())

    def _other(self, name: str, fields: Mapping[str, FieldSchema]) -> FieldSchema:
        where = f"{self.where}: {type(self).__name__}"
        if name not in fields or fields[name] is self.field:
            known = ", ".join(other for other in fields if fields[other] is not self.field)
            raise ImplementationError(f"{where} needs another field of the model than {name!r} ({known})")
        if not fields[name].single:
            raise ImplementationError(
                f"{where}: {name!r} does not hold one value; give a StringField or InstanceHashField"
            )
        return fields[name]

    # what the write engine needs

    @property
    def is_plain_equal(self) -> bool:
        """Whether it finds the objects that hold exactly one value, for relations."""
        return self.kind == "e" and self.transform is None and not (self.split or self.others)

    @property
    def flags(self) -> str:
        """The kind, then ``u`` unique, ``p`` Python transform... (see lua/lib/fields.lua)."""
        flags = (
            ("u", self.unique),
            ("p", self.python),
            ("m", bool(self.split)),
            ("o", bool(self.others)),
        )
        return self.kind + "".join(letter for letter, holds in flags if holds)

    def spec(self) -> tuple[Any, ...]:
        """Flags, label, declarative transform, and what the flags announce: how the scripts
        see this index."""
        transform = self.transform.spec if isinstance(self.transform, Transform) else ""
        parts = (self.split,) if self.split else ()
        others = [part for other in self.others for part in (other.stored, other.kind)]
        counted = (len(self.others), *others) if others else ()
        return self.flags, self.label, transform, *parts, *counted

    def known(self, raw: str | bytes) -> str | bytes | None:
        """What the Python transform makes of a stored value; None keeps it out of the index."""
        text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
        result = self.transform(text)
        return None if result is None else to_text(result, f"{self.where}: result of the transform")

    def storage_value(self, value: Any) -> str | bytes:
        """The end of the key that holds the entry of a value, where each value has a key."""
        return to_text(value, self.where)

    # what the query engine needs

    def names(self) -> Iterable[str]:
        """The filter endings this index answers, its prefix included."""
        for suffix in self.handled_suffixes:
            yield "__".join(part for part in (self.prefix, suffix) if part)

    def suffix_of(self, ending: str) -> str:
        """The suffix in an ending: without the prefix, and with '' as 'eq'."""
        if self.prefix is not None:
            ending = ending[len(self.prefix) :].removeprefix("__")
        return ending or "eq"

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        """The kind and the values of a query condition (see lua/lib/conditions.lua)."""
        raise NotImplementedError

    def query_value(self, value: Any, where: str) -> str | bytes:
        """A filter's value as the text to look for: of the field's type, unless a transform
        makes something else of the values."""
        if self.transform is None and value is not None:
            return self.field.encode(value, where)
        if self.transform is None or self.transform_query:
            return self._looked_for(value, where, self.field.encode)
        return self.query_part(value, where)

    def query_part(self, value: Any, where: str) -> str | bytes:
        """A part of a value, such as a prefix, as the text to look for."""
        return self._looked_for(value, where, to_text)

    def _looked_for(self, value: Any, where: str, encode: Callable[[Any, str], str | bytes]) -> str | bytes:
        if value is None:
            raise InvalidValueError(f"{where}: None is no value to compare with; use field=None")
        text = encode(value, where)
        if self.transform_query and self.transform is not None:
            plain = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
            text = to_text(self.transform(plain), where)
        return text


def as_attribute(transform: Any) -> Any:
    """A transform as a class attribute: called with the value, or with (self, value)."""
    if transform is None or isinstance(transform, Transform):
        return transform
    if not callable(transform):
        raise ImplementationError(f"transform must be callable, not {transform!r}")
    return transform if _takes_two(transform) else staticmethod(transform)


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a built-in that does not say
        return False
    required = [
        p
        for p in parameters
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    return len(required) == 2
