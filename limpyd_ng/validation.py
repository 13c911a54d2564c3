"""What the values of a call have to meet together, and the checks of a model.

Everything is looked at before anything is sent, and one ValidationError tells all problems.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar

from .contents import Contents, Encoder, Pairs, default_of, fitting, missing
from .exceptions import ImplementationError, InvalidValueError, Problem, ValidationError
from .rules import UNFIT, reason_of

if TYPE_CHECKING:
    from .fields import RedisField

__all__ = ["checks_of", "contents", "defaults", "flat", "new_contents", "validates"]

_Method = TypeVar("_Method", bound=Callable[..., Any])


# the checks of a model


def validates(*names: str) -> Callable[[_Method], _Method]:
    """Decorator: the method checks the values of these fields, ``def check(self, value)``.

    It is called by ``create``, ``update`` and ``hmset`` with each value that fits its field, raises
    ValueError for one that does not, and may return another one to store.
    """
    if not names or not all(isinstance(name, str) for name in names):
        raise ImplementationError("validates takes the names of fields: @validates('price')")

    def mark(method: _Method) -> _Method:
        method.__dict__["validates"] = names
        return method

    return mark


def checks_of(cls: type[Any], known: set[str]) -> dict[str, list[Callable[[Any, Any], Any]]]:
    """The marked methods of a model by field; raises ImplementationError for unknown fields."""
    methods: dict[str, Any] = {}
    for parent in reversed(cls.__mro__):
        methods.update(vars(parent))
    checks: dict[str, list[Callable[[Any, Any], Any]]] = {}
    for attribute, method in methods.items():
        for name in getattr(method, "__dict__", {}).get("validates", ()) if callable(method) else ():
            if name not in known and not cls.abstract:
                raise ImplementationError(f"{cls.__name__}.{attribute} validates {name!r}, which is no field")
            checks.setdefault(name, []).append(method)
    return checks


# the values of a call


def flat(cls: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with embedded ones taken apart. Raises ValidationError, InvalidValueError."""
    if not cls._embedded:
        return dict(values)
    found: dict[str, Any] = {}
    problems = []
    for name, value in values.items():
        embedded = cls._embedded.get(name)
        if embedded is None:
            parts = {name: value}
        else:
            try:
                parts = embedded.spread(value)
            except InvalidValueError as error:
                problems.append(Problem(embedded.label, value, str(error)))
                continue
        twice = found.keys() & parts.keys()
        if twice:
            raise InvalidValueError(f"{cls.__name__}: {', '.join(sorted(twice))} is given twice")
        found.update(parts)
    if problems:
        raise ValidationError(problems)
    return found


def new_contents(cls: type[Any], pk: str, values: Mapping[str, Any], instance: Any = None) -> Contents:
    """What a new object holds: these values and the defaults of the others; '' is a pk not known yet.

    ``instance`` is the object, if there is one already, for checks that want it.
    """
    encoder: Encoder = cls._encoder
    if encoder.alone:
        found = encoder.contents(values, True)
    else:
        given = {**_default_values(cls, set(values)), **values}
        found = _checked(cls() if instance is None else instance, given, pk)
    found.gone.clear()
    return found


def contents(instance: Any, values: Mapping[str, Any]) -> Contents:
    """What fields of an object shall hold from now on; nothing for those that get None."""
    encoder: Encoder = instance._encoder
    if encoder.alone:
        return encoder.contents(values, False)
    return _checked(instance, values)


def defaults(cls: type[Any], writing: str) -> Pairs:
    """The defaults of an object that the first write, of this field, brings into being.

    Raises ValidationError if other fields are required.
    """
    required = [field for field in cls._encoder.required if field.name != writing]
    if required:
        raise ValidationError([missing(field) for field in required])
    values = _default_values(cls, set())
    return [
        (cls._declared[name].schema, cls._declared[name].content(value)) for name, value in values.items()
    ]


def _gaps(cls: type[Any], given: Collection[str], held: Collection[str], is_new: bool) -> list[Problem]:
    """What is needed and not there: of the names ``given``, those in ``held`` have content."""
    encoder: Encoder = cls._encoder
    return encoder.missing(given, held, is_new) + _torn(cls, set(given), set(held), is_new)


def _torn(cls: type[Any], given: set[str], held: set[str], is_new: bool) -> list[Problem]:
    """The embedded values of which a new object has a part alone, or an update takes a part away."""
    found = []
    for one in cls._embedded.values():
        names = set(one.names())
        left = names & held if is_new else names - (given - held)
        gaps = one.gaps(left) if left and not one.required else ()
        if gaps:
            reason = f"there is no {one.kind.__name__} without {', '.join(gaps)}"
            found.append(Problem(one.label, None, reason))
    return found


def _default_values(cls: type[Any], given: set[str]) -> dict[str, Any]:
    values = {}
    for name, field in cls._declared.items():
        if name not in given and field.default is not None:
            values[name] = default_of(field)
    return values


def _checked(instance: Any, given: Mapping[str, Any], new: str | None = None) -> Contents:
    """The contents, after all checks; ``new`` is the pk of an object that is to be created."""
    cls, is_new = type(instance), new is not None
    problems: list[Problem] = []
    checked = _Checked(instance, problems)
    checked.take(given)
    unfit = given.keys() - checked.contents.keys()
    problems[:0] = _gaps(cls, given.keys(), checked.held() | unfit, is_new)
    checked.by_fields()
    if cls.source_check is not None and not problems:
        checked.by_source(new)
    if cls.has_clean and not problems:
        checked.by_clean()
    if not problems:  # checks may have taken away what is needed
        problems = _gaps(cls, checked.contents.keys(), checked.held(), is_new)
    if problems:
        raise ValidationError(problems)
    return Contents.of(
        (cls._declared[name].schema, checked.contents[name])
        for name in cls._fields
        if name in checked.contents
    )


class _Checked:
    """The values of a call on their way through the checks: as these see them, and their contents."""

    def __init__(self, instance: Any, problems: list[Problem]) -> None:
        self.instance = instance
        self.cls = type(instance)
        self.problems = problems
        self.values: dict[str, Any] = {}
        self.contents: dict[str, list[Any]] = {}

    def take(self, values: Mapping[str, Any]) -> None:
        """Takes the values that fit; the others are problems."""
        for name in self.cls._fields:
            if name in values:
                self._take(self.cls._declared[name], values[name])

    def held(self) -> set[str]:
        """The names of the fields that get content."""
        return {name for name, content in self.contents.items() if content}

    def _take(self, field: RedisField, value: Any) -> None:
        fit = fitting(field, value, self.problems)
        if fit is not None:
            self.contents[field.name] = fit[1]
            self.values[field.name] = field.taken(*fit)

    def by_fields(self) -> None:
        """The methods that ``@validates`` marks."""
        checks = self.cls.field_checks
        for name in [name for name, value in self.values.items() if name in checks and value is not None]:
            for check in checks[name]:
                value = self.values[name]
                try:
                    changed = check(self.instance, value)
                except UNFIT as error:
                    label = self.cls._declared[name].schema.label
                    self.problems.append(Problem(label, value, f"{value!r}: {reason_of(error)}"))
                    break
                if changed is not None:
                    self._change({name: changed}, {name: value})

    def by_source(self, new: str | None) -> None:
        """The checks of the type that the model was made from, where the values of all its fields are
        known: those of a new object, or of an update that gives them all."""
        cls = self.cls
        known = {name: self._read(name, value) for name, value in self.values.items()}
        if new is not None:
            known = {**{name: self._read(name, None) for name in cls.schema.fields}, **known}
        pk = self.instance._pk if new is None else new
        if pk:
            known[cls.schema.pk_name] = cls.schema.read_pk(pk)
        for one in cls._embedded.values():
            if known.keys() >= set(one.names()):
                known[one.name] = one.fold(known)
        if not known.keys() >= cls.source_check.names:
            return
        changed, problems = cls.source_check({name: known[name] for name in cls.source_check.names})
        if cls.schema.pk_name in changed:
            problems.append((cls.schema.pk_name, pk, "a check cannot give an object another primary key"))
        for name, value, reason in problems:
            self.problems.append(Problem(f"{cls.__name__}.{name}" if name else cls.__name__, value, reason))
        if not problems:
            self._change(flat(self.cls, changed), self.values)

    def _read(self, name: str, value: Any) -> Any:
        """A value as it would be read: an empty container for none."""
        return self.cls._declared[name].value_of([]) if value is None else value

    def by_clean(self) -> None:
        """``clean`` of the model."""
        before = {name: copy(value) for name, value in self.values.items()}
        try:
            changed = self.instance.clean(dict(self.values))
        except ValidationError as error:
            self.problems += error.problems
        except UNFIT as error:
            self.problems.append(Problem(self.cls.__name__, before, reason_of(error)))
        else:
            if changed is not None:
                self._replace(changed, before)

    def _replace(self, changed: Any, before: Mapping[str, Any]) -> None:
        """Takes what ``clean`` returned instead of all values."""
        if not isinstance(changed, Mapping):
            raise ImplementationError(
                f"{self.cls.__name__}.clean returned {changed!r}; it returns a mapping of values, or None"
            )
        self.instance._refuse_unknown(changed)
        self.contents = {name: self.contents[name] for name in self.contents if name in changed}
        self._change(changed, before)

    def _change(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Takes other values. What a codec of one's own made of one that is the same is left."""
        changed = {}
        for name, value in values.items():
            field, old = self.cls._declared[name], before.get(name)
            own = field.codec is not None and not field.coerces
            if not (own and name in self.contents and type(value) is type(old) and value == old):
                changed[name] = value
        self.take(changed)
