"""The fields of relations, a class for each type of Redis value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from ...fields import InstanceHashField, ListField, SetField, SortedSetField, StringField
from ...static import K, P, S
from .base import ForeignKey, ManyToMany, RelationOptions

__all__ = [
    "FKInstanceHashField",
    "FKStringField",
    "M2MListField",
    "M2MSetField",
    "M2MSortedSetField",
]


class FKStringField(ForeignKey[P, K], StringField[K]):
    """The pk of one object, in a key of its own."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: FKStringField[S, str],
            to: type[S],
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: FKStringField[Any, Any],
            to: str,
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        def __init__(self, *args: Any, **options: Any) -> None: ...


class FKInstanceHashField(ForeignKey[P, K], InstanceHashField[K]):
    """The pk of one object, an entry of the instance's hash."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: FKInstanceHashField[S, str],
            to: type[S],
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: FKInstanceHashField[Any, Any],
            to: str,
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        def __init__(self, *args: Any, **options: Any) -> None: ...


class M2MSetField(ManyToMany[P, K], SetField[K]):
    """The pks of many objects, in no order."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: M2MSetField[S, str],
            to: type[S],
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: M2MSetField[Any, Any],
            to: str,
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        def __init__(self, *args: Any, **options: Any) -> None: ...


class M2MListField(ManyToMany[P, K], ListField[K]):
    """The pks of many objects in a given order; one may be there several times."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: M2MListField[S, str],
            to: type[S],
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: M2MListField[Any, Any],
            to: str,
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        def __init__(self, *args: Any, **options: Any) -> None: ...


class M2MSortedSetField(ManyToMany[P, K], SortedSetField[K]):
    """The pks of many objects, ordered by a score each has."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: M2MSortedSetField[S, str],
            to: type[S],
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: M2MSortedSetField[Any, Any],
            to: str,
            related_name: str | None = None,
            **options: Unpack[RelationOptions],
        ) -> None: ...
        def __init__(self, *args: Any, **options: Any) -> None: ...
