"""What type checkers look at: type variables, the options of fields, and what is awaited.

Nothing here does anything when a program runs. ``tools/stubs.py`` makes the types of
``limpyd_ng.asyncio`` from those of the plain classes: there a method that returns a ``Reply[T]``
returns a coroutine of T, and one that returns ``Items[T]`` an asynchronous iterator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypedDict, TypeVar

__all__ = ["FieldOptions", "Items", "PKOptions", "PlainOptions", "Reply"]

T = TypeVar("T")
U = TypeVar("U")
E = TypeVar("E", bound=Enum)

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultTypeVar

    from .collection import CollectionManager
    from .contrib.related import RelatedModel
    from .indexes import BaseIndex
    from .model import RedisModel
    from .objects.finding import Finding

    #: what the values of a field are, and the sub-keys of a HashField
    V = DefaultTypeVar("V", default=str)
    K = DefaultTypeVar("K", default=str)
    #: a model (with N not yet one that finds objects), and what its collection gives
    M = DefaultTypeVar("M", bound=Finding, default=RedisModel)
    N = DefaultTypeVar("N", default=Any)
    R = DefaultTypeVar("R", default=str)
    #: a class of collections, the model that a relation points to
    C = DefaultTypeVar("C", bound=CollectionManager[Any, Any])
    P = DefaultTypeVar("P", bound=RelatedModel, default=RelatedModel)
    S = DefaultTypeVar("S", bound=RelatedModel)
else:
    V, K, M, N, R, C, P, S = map(TypeVar, "VKMNRCPS")

#: what asks the server: T in a plain database, to be awaited in one of asyncio
Reply: TypeAlias = Annotated[T, "awaited in asyncio"]
#: what comes page by page: ``for`` in a plain database, ``async for`` in one of asyncio
Items: TypeAlias = Annotated[Iterator[T], "async for in asyncio"]


class RuleOptions(TypedDict, total=False):
    """What fields and primary keys take; see RedisField."""

    lockable: bool
    strict: bool
    min: Any
    max: Any
    gt: Any
    lt: Any
    multiple_of: Any
    min_length: int | None
    max_length: int | None
    regex: str | re.Pattern[str] | None
    validators: Iterable[Callable[[Any], Any]]


class PlainOptions(RuleOptions, total=False):
    """What every field takes besides ``type``, ``codec`` and ``choices``."""

    default: Any
    indexable: bool | None
    unique: bool
    indexes: Sequence[type[BaseIndex]] | None
    key_name: str | None
    required: bool
    #: of fields of many values
    min_items: int | None
    max_items: int | None


class FieldOptions(PlainOptions, total=False):
    """The same with ``choices``."""

    choices: Iterable[Any] | None


class PKOptions(RuleOptions, total=False):
    """What a PKField takes besides ``type`` and ``codec``."""

    choices: Iterable[Any] | None
