"""What fields of an object shall hold, as the scripts take it; and how the values of a call become that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .exceptions import InvalidValueError, Problem, ValidationError

if TYPE_CHECKING:
    from .fields import RedisField
    from .schema import FieldSchema

__all__ = ["Contents", "Encoder", "Pairs", "default_of", "fitting", "missing"]

#: fields and their whole new content, flat (see ``Write.assign``); without any value it is removed
Pairs: TypeAlias = Iterable[tuple["FieldSchema", Sequence[Any]]]

#: integers that are written as they are, without a look at how many digits Python writes
_SMALL = 2**63


class Contents:
    """The whole new content of some fields; in a loop, pairs of a field and its values."""

    __slots__ = ("arguments", "fields", "gone")

    def __init__(self) -> None:
        #: fields that get something: first those of one value
        self.fields: list[FieldSchema] = []
        #: the values of those of one value; then of each other field how many there are, and these
        self.arguments: list[Any] = []
        #: fields that shall hold nothing
        self.gone: list[FieldSchema] = []

    @classmethod
    def of(cls, pairs: Pairs) -> Contents:
        """Those of the pairs."""
        if isinstance(pairs, Contents):
            return pairs
        made, others = cls(), []
        for field, values in pairs:
            if not values:
                made.gone.append(field)
            elif field.single:
                made.fields.append(field)
                made.arguments += values
            else:
                others.append((field, values))
        for field, values in others:
            made.add_many(field, values)
        return made

    def add_many(self, field: FieldSchema, values: Sequence[Any]) -> None:
        """Adds the values of a field of many; after all fields of one."""
        self.fields.append(field)
        self.arguments.append(str(len(values)))
        self.arguments += values

    def with_gaps(self, single: Sequence[FieldSchema], many: Sequence[FieldSchema]) -> list[Any]:
        """The arguments for objects that have values for some of these fields: which of those of one value
        (a digit for each, 1 or 0), the values of these ('' for none), then the others as in ``arguments``."""
        held = dict(self)
        arguments = ["".join("1" if field in held else "0" for field in single)] if single else []
        arguments += [held[field][0] if field in held else "" for field in single]
        for field in many:
            values = held.get(field, ())
            arguments.append(str(len(values)))
            arguments += values
        return arguments

    def __len__(self) -> int:
        return len(self.fields) + len(self.gone)

    def __iter__(self) -> Iterator[tuple[FieldSchema, list[Any]]]:
        at = 0
        for field in self.fields:
            size = 1
            if not field.single:
                size = int(self.arguments[at])
                at += 1
            yield field, self.arguments[at : at + size]
            at += size
        for field in self.gone:
            yield field, []


class Encoder:
    """Makes contents of the values for a model without checks of its own (see ``validation``): once
    through its fields."""

    def __init__(self, model: type[Any], fields: Iterable[RedisField[Any]]) -> None:
        fields = list(fields)
        #: the names that may be given
        self.names = frozenset(field.name for field in fields)
        self.required = [field for field in fields if field.required]
        #: whether nobody else has a say in what values are
        self.alone = not (
            model.has_clean or model.field_checks or model.source_check is not None or model._embedded
        )
        self._single = [
            (field, field.schema, field.has_plain_texts) for field in fields if not field.has_items
        ]
        self._many = [field for field in fields if field.has_items]

    def contents(self, given: Mapping[str, Any], new: bool) -> Contents:
        """What these values are in Redis; of a ``new`` object, with the defaults of the others. Raises
        ValidationError."""
        found = Contents()
        fields, arguments = found.fields, found.arguments
        problems: list[Problem] = []
        for field, schema, plain in self._single:
            name = field.name
            value: Any
            if name in given:
                value = given[name]
            elif new and field.default is not None:
                value = default_of(field)
            else:
                continue
            kind = type(value)
            if kind is str and plain and not schema.encoded:
                arguments.append(value)
            elif kind is int and plain and not schema.encoded and -_SMALL < value < _SMALL:
                arguments.append(repr(value))
            else:
                content = _content(field, value, problems)
                if not content:
                    found.gone.append(schema)
                    continue
                arguments += content
            fields.append(schema)
        for field in self._many:
            if field.name in given or (new and field.default is not None):
                self._take_many(field, given, found, problems)
        if self.required:
            unfit = {problem.field for problem in problems}
            held = {field.name for field in self.required if field.schema.label in unfit}
            held.update(schema.name for schema in fields)
            problems = self.missing(given, held, new) + problems
        if problems:
            raise ValidationError(problems)
        return found

    def _take_many(
        self, field: RedisField[Any], given: Mapping[str, Any], found: Contents, problems: list[Problem]
    ) -> None:
        value = given[field.name] if field.name in given else default_of(field)
        content = _content(field, value, problems)
        if content:
            found.add_many(field.schema, content)
        else:
            found.gone.append(field.schema)

    def missing(self, given: Collection[str], held: Collection[str], new: bool) -> list[Problem]:
        """The required values that are not there, or that are to go: of the names ``given``, those in
        ``held`` have content."""
        return [
            missing(field)
            for field in self.required
            if (new or field.name in given) and field.name not in held
        ]


def _content(field: RedisField[Any], value: Any, problems: list[Problem]) -> list[Any]:
    fit = fitting(field, value, problems)
    return [] if fit is None else fit[1]


def fitting(field: RedisField[Any], value: Any, problems: list[Problem]) -> tuple[Any, list[Any]] | None:
    """A value, and the content that it is; None, and one problem more, if it does not fit its field."""
    if hasattr(value, "__next__"):  # content() uses it up, and a problem shows it
        value = list(value)
    try:
        return value, field.content(value)
    except InvalidValueError as error:
        label = field.schema.label
        problems.append(Problem(label, value, str(error).removeprefix(f"{label}: ")))
        return None


def default_of(field: RedisField[Any]) -> Any:
    """The default of a field that has one."""
    return field.default() if callable(field.default) else field.default


def missing(field: RedisField[Any]) -> Problem:
    """A field that has to have a value."""
    return Problem(field.schema.label, None, "a value is required")
