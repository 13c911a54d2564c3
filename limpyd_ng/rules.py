"""The rules of a field: what each of its values has to meet, beyond its type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .exceptions import ImplementationError, InvalidValueError

__all__ = ["UNFIT", "Rules", "reason_of", "rules_of"]

#: what checks raise for a value that does not fit
UNFIT = (ValueError, TypeError, AssertionError)


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
            raise InvalidValueError(f"{where}: {value!r}: {reason_of(error)}") from error
        except UNFIT as error:
            raise InvalidValueError(f"{where}: {value!r}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    """Why a check refused a value: what it said, or else what it raised."""
    return str(error) or type(error).__name__


#: makes the test of an option, and the reason for a value that fails it
_TESTS: dict[str, Callable[[Any], tuple[Callable[[Any], bool], str]]] = {
    "min": lambda least: (lambda value: bool(value >= least), f"is less than {least!r}"),
    "max": lambda most: (lambda value: bool(value <= most), f"is more than {most!r}"),
    "gt": lambda low: (lambda value: bool(value > low), f"is not greater than {low!r}"),
    "lt": lambda high: (lambda value: bool(value < high), f"is not less than {high!r}"),
    "multiple_of": lambda unit: (_multiples(unit), f"is no multiple of {unit!r}"),
    "min_length": lambda least: (lambda value: len(value) >= least, f"is shorter than {least}"),
    "max_length": lambda most: (lambda value: len(value) <= most, f"is longer than {most}"),
    "regex": lambda regex: _matching(regex),
    "choices": lambda choices: _among(_listed("choices", choices)),
}


def rules_of(*, validators: Iterable[Callable[[Any], Any]], **options: Any) -> Rules | None:
    """The rules of these options, None among them; None if there are none. Raises ImplementationError."""
    tests = [_TESTS[name](option) for name, option in options.items() if option is not None]
    validators = _listed("validators", validators)
    if not all(callable(validator) for validator in validators):
        raise ImplementationError(f"validators= takes callables, not {validators!r}")
    return Rules(tests, validators) if tests or validators else None


def _listed(option: str, given: Any) -> tuple[Any, ...]:
    try:
        return tuple(given)
    except TypeError:
        raise ImplementationError(f"{option}= takes several, in a list; not {given!r}") from None


def _multiples(unit: Any) -> Callable[[Any], bool]:
    from fractions import Fraction  # rarely needed: importing the package does without it

    try:
        if unit % unit:
            raise ValueError("it is no unit")
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ImplementationError(f"multiple_of= {unit!r} has no multiples ({error})") from error

    def fits(value: Any) -> bool:
        if isinstance(value, float) or isinstance(unit, float):  # as they are written: 0.3 is 3 times 0.1
            return math.isfinite(value) and not Fraction(str(value)) % Fraction(str(unit))
        return not value % unit

    return fits


def _among(allowed: tuple[Any, ...]) -> tuple[Callable[[Any], bool], str]:
    if not allowed:
        raise ImplementationError("choices= is empty: no value would fit")
    return allowed.__contains__, f"is not among {', '.join(map(repr, allowed))}"


def _matching(regex: str | re.Pattern[str]) -> tuple[Callable[[Any], bool], str]:
    try:
        pattern = re.compile(regex)
    except re.error as error:
        raise ImplementationError(f"regex= {regex!r} is no regular expression ({error})") from error
    return (lambda value: pattern.fullmatch(value) is not None), f"does not match {pattern.pattern!r}"
