"""What values have to meet, beyond their type: rules of a field, checks of a model.

Everything is looked at before anything is sent, and one ValidationError tells all problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .exceptions import ImplementationError, InvalidValueError, Problem, ValidationError

if TYPE_CHECKING:
    from .fields import RedisField
    from .schema import FieldSchema

__all__ = ["Rules", "checks_of", "contents", "defaults", "new_contents", "rules_of", "validates"]

Contents = list[tuple["FieldSchema", list[Any]]]
_Method = TypeVar("_Method", bound=Callable[..., Any])


# the rules of a field


class Rules:
    """What one value has to meet: pairs of a test and the reason to give where it fails."""

    def __init__(self, tests: Sequence[tuple[Callable[[Any], bool], str]], validators: Any = ()) -> None:
        self._tests = tests
        self._validators = tuple(validators)

    def check(self, value: Any, where: str) -> None:
        """Raises InvalidValueError, naming ``where``, the value and the reason."""
        try:
            for fits, reason in self._tests:
                if not fits(value):
                    raise InvalidValueError(f"{where}: {value!r} {reason}")
            for validator in self._validators:
                if validator(value) is False:
                    name = getattr(validator, "__name__", repr(validator))
                    raise InvalidValueError(f"{where}: {value!r} is refused by {name}")
        except InvalidValueError as error:
            if str(error).startswith(f"{where}:"):
                raise
            raise InvalidValueError(f"{where}: {value!r}: {error}") from error
        except (ValueError, TypeError) as error:
            raise InvalidValueError(f"{where}: {value!r}: {error}") from error


def rules_of(
    least: Any,
    most: Any,
    min_length: int | None,
    max_length: int | None,
    regex: str | re.Pattern[str] | None,
    choices: Iterable[Any] | None,
    validators: Iterable[Callable[[Any], Any]],
) -> Rules | None:
    """The rules of these options; None if there are none. Raises ImplementationError."""
    tests: list[tuple[Callable[[Any], bool], str]] = []
    if least is not None:
        tests.append((lambda value: bool(value >= least), f"is less than {least!r}"))
    if most is not None:
        tests.append((lambda value: bool(value <= most), f"is more than {most!r}"))
    if min_length is not None:
        tests.append((lambda value: len(value) >= min_length, f"is shorter than {min_length}"))
    if max_length is not None:
        tests.append((lambda value: len(value) <= max_length, f"is longer than {max_length}"))
    if regex is not None:
        tests.append(_matching(regex))
    if choices is not None:
        allowed = list(choices)
        tests.append((allowed.__contains__, f"is not among {', '.join(map(repr, allowed))}"))
    validators = tuple(validators)
    if not all(callable(validator) for validator in validators):
        raise ImplementationError(f"validators= takes callables, not {validators!r}")
    return Rules(tests, validators) if tests or validators else None


def _matching(regex: str | re.Pattern[str]) -> tuple[Callable[[Any], bool], str]:
    try:
        pattern = re.compile(regex)
    except re.error as error:
        raise ImplementationError(f"regex= {regex!r} is no regular expression ({error})") from error
    return (lambda value: pattern.fullmatch(value) is not None), f"does not match {pattern.pattern!r}"


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


def new_contents(instance: Any, values: Mapping[str, Any]) -> Contents:
    """What a new object holds: these values and the defaults of the others."""
    cls = type(instance)
    given = {**_default_values(cls, set(values)), **values}
    missing = [
        name for name, field in cls._declared.items() if field.required and _is_nothing(given.get(name))
    ]
    found = _checked(instance, given, [_required(cls._declared[name]) for name in missing])
    return [(field, content) for field, content in found if content]


def contents(instance: Any, values: Mapping[str, Any]) -> Contents:
    """What fields of an object shall hold from now on; nothing for those that get None."""
    declared = type(instance)._declared
    removed = [
        declared[name] for name, value in values.items() if declared[name].required and _is_nothing(value)
    ]
    return _checked(instance, values, [_required(field) for field in removed])


def defaults(cls: type[Any], writing: str) -> Contents:
    """The defaults of an object that the first write, of this field, brings into being.

    Raises ValidationError if other fields are required.
    """
    missing = [field for name, field in cls._declared.items() if field.required and name != writing]
    if missing:
        raise ValidationError([_required(field) for field in missing])
    values = _default_values(cls, set())
    return [
        (cls._declared[name].schema, cls._declared[name].content(value)) for name, value in values.items()
    ]


def _is_nothing(value: Any) -> bool:
    """Whether Redis would hold nothing for it."""
    return value is None or (isinstance(value, list | tuple | set | frozenset | Mapping) and not value)


def _required(field: RedisField[Any]) -> Problem:
    return Problem(field.schema.label, None, "a value is required")


def _default_values(cls: type[Any], given: set[str]) -> dict[str, Any]:
    values = {}
    for name, field in cls._declared.items():
        if name not in given and field.default is not None:
            values[name] = field.default() if callable(field.default) else field.default
    return values


def _checked(instance: Any, given: Mapping[str, Any], problems: list[Problem]) -> Contents:
    """The content of each field, in the order of declaration, after all checks."""
    cls = type(instance)
    values, found = _fitting(instance, given, problems)
    if cls.has_clean and not problems:
        try:
            changed = instance.clean(dict(values))
        except ValidationError as error:
            problems += error.problems
        except (ValueError, TypeError) as error:
            problems.append(Problem(cls.__name__, dict(values), str(error)))
        else:
            if changed is not None:
                instance._refuse_unknown(changed)
                found = _encoded(cls, changed, problems)
    if problems:
        raise ValidationError(problems)
    return [(cls._declared[name].schema, found[name]) for name in cls._fields if name in found]


def _fitting(
    instance: Any, given: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The values after the checks of their fields, and their contents."""
    cls = type(instance)
    values, found = dict(given), _encoded(cls, given, problems)
    for name in [name for name in found if name in cls.field_checks and given[name] is not None]:
        for check in cls.field_checks[name]:
            try:
                changed = check(instance, values[name])
            except (ValueError, TypeError) as error:
                label = cls._declared[name].schema.label
                problems.append(Problem(label, values[name], f"{values[name]!r}: {error}"))
                break
            if changed is not None:
                values[name] = changed
        else:
            found.update(_encoded(cls, {name: values[name]}, problems))
    return values, found


def _encoded(cls: type[Any], values: Mapping[str, Any], problems: list[Problem]) -> dict[str, list[Any]]:
    """The contents of the values that fit; the others are added to the problems."""
    found = {}
    for name in cls._fields:
        if name in values:
            field = cls._declared[name]
            try:
                found[name] = field.content(values[name])
            except InvalidValueError as error:
                reason = str(error).removeprefix(f"{field.schema.label}: ")
                problems.append(Problem(field.schema.label, values[name], reason))
    return found
