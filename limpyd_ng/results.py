"""What a collection gives for each object it finds: pks, objects, or values of fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .exceptions import InvalidValueError
from .query.fetch import Fetch
from .schema import INSTANCE_HASH, STRING, ModelSchema

if TYPE_CHECKING:
    from .objects.finding import Finding

__all__ = ["SORTED_SCORE", "Shape", "columns_of"]

#: as a field of ``values()``: the score that ``sort(by_score=...)`` ordered by
SORTED_SCORE = "sorted_score"

#: name as asked, kind of column, name as stored (see lua/lib/columns.lua)
Column = tuple[str, str, str]


def columns_of(model: ModelSchema, names: Sequence[Any]) -> tuple[Column, ...]:
    """The columns of these fields; without any, the pk and all fields of one value.

    Raises InvalidValueError for unknown fields and for fields of many values.
    """
    if not names:
        names = [model.pk_name, *(n for n, f in model.fields.items() if f.kind in (STRING, INSTANCE_HASH))]
    asked = ("columns", *[getattr(name, "name", name) for name in names])
    try:
        known = model.compiled.get(asked)
    except TypeError:
        raise InvalidValueError(f"give fields of {model.label}, or their names, not {names!r}") from None
    if known is None:
        known = model.keep(asked, tuple(_column(model, name) for name in asked[1:]))
    return known


def _column(model: ModelSchema, name: Any) -> Column:
    if name == SORTED_SCORE and name not in model.fields:
        return (name, "score", "")
    if name in ("pk", model.pk_name) and name not in model.fields:
        return (name, "pk", "")
    field = model.fields.get(name)
    if field is None:
        known = ", ".join(model.fields) or "none"
        raise InvalidValueError(f"{model.label} has no field {name!r}; it has {known}")
    if field.kind not in (STRING, INSTANCE_HASH):
        raise InvalidValueError(f"{field.label} has many values: it cannot be among those of one request")
    return (name, field.kind, field.stored)


class Shape(NamedTuple):
    """'pks', 'instances', 'dicts', 'tuples', 'flat', or 'pairs' of an object and a dict; 'stored' are
    pks as they stand in keys."""

    kind: str = "pks"
    lazy: bool = False
    columns: tuple[Column, ...] = ()
    #: what to bring along from other models
    fetch: Fetch | None = None

    @property
    def what(self) -> str:
        """What to ask the server for."""
        if self.fetch is not None:
            return "fetch"
        return "values" if self.columns else "pks"

    @property
    def sent(self) -> tuple[tuple[str, str], ...]:
        """The columns to ask for; the pk first where objects are made of it."""
        sent = tuple([(kind, stored) for _, kind, stored in self.columns])
        return (("pk", ""), *sent) if self.kind == "pairs" else sent

    @property
    def checked(self) -> bool:
        """Whether the query must tell that the objects exist."""
        return self.kind in ("instances", "pairs") and not self.lazy

    def results(self, model: type[Finding], reply: Sequence[Any]) -> list[Any]:
        """The results in a reply of the query script."""
        if self.fetch is not None and reply:
            results = self._replace(fetch=None).results(model, reply[1] if self.columns else reply[0])
            self.fetch.attach(results, reply[2:])
            return results
        if self.kind == "stored" or (self.kind == "pks" and model.schema.pk_codec is None):
            return list(reply)
        if self.kind == "pks":
            return list(map(model.schema.read_pk, reply))
        if self.kind == "instances":
            return model.of_pks(reply, not self.lazy)
        width = len(self.sent)
        columns: list[Sequence[Any]] = [reply[at::width] for at in range(width)]
        for at, decode in self._decoders(model):
            columns[at] = [None if value is None else decode(value) for value in columns[at]]
        return self._rows(model, columns)

    def _decoders(self, model: type[Finding]) -> list[tuple[int, Callable[[Any], Any]]]:
        """For the places in a row whose values are more than texts, what makes them so."""
        first = len(self.sent) - len(self.columns)
        decoders: list[tuple[int, Callable[[Any], Any]]] = []
        for at, (name, kind, _) in enumerate(self.columns, first):
            if kind == "score":
                decoders.append((at, float))
            elif kind == "pk":
                if model.schema.pk_codec is not None:
                    decoders.append((at, model.schema.read_pk))
            elif model.schema.fields[name].codec is not None:
                decoders.append((at, model.schema.fields[name].decode))
        return decoders

    def _rows(self, model: type[Finding], columns: Sequence[Sequence[Any]]) -> list[Any]:
        if self.kind == "flat":
            return list(columns[0])
        if self.kind == "tuples":
            return list(zip(*columns, strict=True))
        names = tuple([name for name, *_ in self.columns])
        dicts = _dicts(names)(zip(*columns[-len(names) :], strict=True))
        if self.kind == "dicts":
            return dicts
        return list(zip(model.of_pks(columns[0], not self.lazy), dicts, strict=True))


@lru_cache(maxsize=500)
def _dicts(names: tuple[str, ...]) -> Callable[[Iterable[tuple[Any, ...]]], list[dict[str, Any]]]:
    """What makes dicts with these keys of rows: a function made for the names, as that of a namedtuple
    is, takes half the time of ``dict(zip(names, row))``."""
    variables = [f"value{number}" for number in range(len(names))]
    pairs = ", ".join(f"{name!r}: {variable}" for name, variable in zip(names, variables, strict=True))
    made: Callable[[Iterable[tuple[Any, ...]]], list[dict[str, Any]]]
    made = eval(f"lambda rows: [{{{pairs}}} for ({', '.join(variables)},) in rows]")
    return made
