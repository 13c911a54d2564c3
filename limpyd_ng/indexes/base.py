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

__all__ = ["BaseIndex", "as_values"]

_OPTIONS = ("prefix", "transform", "handle_uniqueness", "key", "name", "transform_query")


def as_values(value: Any, where: str) -> list[Any]:
    """The values of an ``__in`` filter, each once; raises InvalidValueError for a text."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise InvalidValueError(f"{where}: give an iterable of values, not {value!r}")
    return list(dict.fromkeys(value))


class BaseIndex:
    """Base of the index classes; ``EqualIndex.configure(...)`` makes a variant of one.

    A subclass says what it answers by ``handled_suffixes`` and may define ``transform`` as
    a method. ``key`` keeps the entries of two indexes of one class on one field apart;
    ``prefix`` does too, and is part of the filter's name (``field__prefix__suffix``).
    """

    #: the filter suffixes answered; '' is the bare field name
    handled_suffixes: ClassVar[frozenset[str]] = frozenset()
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

    @classmethod
    def configure(cls, **options: Any) -> type[BaseIndex]:
        """A subclass with other ``prefix``, ``transform``, ``key``, ``handle_uniqueness``,
        ``transform_query`` or (class) ``name``. Raises TypeError for any other argument.
        """
        unknown = set(options) - set(_OPTIONS)
        if unknown:
            raise TypeError(
                f"{cls.__name__}.configure() got unexpected arguments {sorted(unknown)}; "
                f"it takes {', '.join(_OPTIONS)}"
            )
        name = options.pop("name", None) or cls.__name__
        if "transform" in options:
            options["transform"] = _as_attribute(chain(options["transform"]))
        return type(name, (cls,), options)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.where}>"

    # what the write engine needs

    @property
    def is_plain_equal(self) -> bool:
        """Whether it finds the objects that hold exactly one value, for relations."""
        return self.kind == "e" and self.transform is None

    @property
    def flags(self) -> str:
        """The kind, then ``u`` unique, ``p`` Python transform (see lua/lib/fields.lua)."""
        return self.kind + ("u" if self.unique else "") + ("p" if self.python else "")

    def spec(self) -> tuple[str, str, str]:
        """Flags, label and declarative transform: how the scripts see this index."""
        transform = self.transform.spec if isinstance(self.transform, Transform) else ""
        return self.flags, self.label, transform

    def known(self, raw: str | bytes) -> str | bytes | None:
        """What the Python transform makes of a stored value; None keeps it out of the index."""
        text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
        result = self.transform(text)
        return None if result is None else to_text(result, f"{self.where}: result of the transform")

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
        """A filter's value as the text to look for."""
        if value is None:
            raise InvalidValueError(f"{where}: None is no value to compare with; use field=None")
        text = to_text(value, where)
        if self.transform_query and self.transform is not None:
            text = to_text(self.transform(text), where)
        return text


def _as_attribute(transform: Any) -> Any:
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
