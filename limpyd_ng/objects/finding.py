"""Finding objects: collections of them, one by pk or filters, all pks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, overload

from ..call import Call, Op
from ..collection import CollectionManager, Q
from ..exceptions import InvalidValueError, PipelineError, UniquenessError
from ..fields.many import scan_args
from ..static import C, Items, Reply
from .lifetime import Lifetime

__all__ = ["Finding"]


class Finding(Lifetime):
    """The entry points that lead to objects."""

    @classmethod
    def lazy_connect(cls, pk: Any) -> Self:
        """An instance for a pk without looking whether it exists. No request.

        A write to a missing object raises DoesNotExist and writes nothing; a read that finds
        nothing looks, and raises it too.
        """
        if cls.abstract:
            cls._refuse_abstract()
        return cls.of_pk(cls.pk.normalize(pk))

    @classmethod
    def of_pk(cls, pk: str, connected: bool = False) -> Any:
        """An instance for a pk as it is stored; ``connected``: that is known to exist. No request."""
        instance = cls() if cls.has_init else cls.__new__(cls)
        instance._pk, instance._connected = pk, connected
        return instance

    @classmethod
    def of_pks(cls, pks: Iterable[str], connected: bool) -> list[Any]:
        """``of_pk`` for many."""
        if cls.has_init:
            return [cls.of_pk(pk, connected) for pk in pks]
        new, instances = cls.__new__, []
        for pk in pks:
            instance: Any = new(cls)
            instance._pk = pk
            instance._connected = connected
            instances.append(instance)
        return instances

    @overload
    @classmethod
    def collection(
        cls, *conditions: Q, manager: None = None, **filters: Any
    ) -> CollectionManager[Self, str]: ...
    @overload
    @classmethod
    def collection(cls, *conditions: Q, manager: type[C], **filters: Any) -> C: ...
    @classmethod
    def collection(
        cls, *conditions: Q, manager: type[CollectionManager[Any, Any]] | None = None, **filters: Any
    ) -> Any:
        """A lazy collection of the objects that meet all conditions and filters. No request."""
        cls._refuse_abstract()
        return (manager or cls.collection_manager)(cls).filter(*conditions, **filters)

    @classmethod
    def instances(cls, lazy: bool = False, **filters: Any) -> CollectionManager[Self, Self]:
        """``collection(**filters).instances(lazy)``."""
        return cls.collection(**filters).instances(lazy=lazy)

    @classmethod
    def get(cls, pk: Any = None, /, *conditions: Q, **filters: Any) -> Reply[Self]:
        """The one object with this pk, or meeting these conditions and filters. One request.

        Raises Model.DoesNotExist, or MultipleObjectsReturned if several match.
        """
        return cls._wanted(pk, conditions, filters).get()

    @classmethod
    def exists(cls, pk: Any = None, /, *conditions: Q, **filters: Any) -> Reply[bool]:
        """Whether an object has this pk or meets these conditions and filters. One request."""
        return cls._wanted(pk, conditions, filters).exists()

    @classmethod
    def _wanted(cls, pk: Any, conditions: tuple[Q, ...], filters: dict[str, Any]) -> Any:
        """The collection that is asked for: ``pk`` may be the first of the conditions."""
        if isinstance(pk, Q):
            conditions = (pk, *conditions)
        elif pk is not None:
            if "pk" in filters:
                raise InvalidValueError(f"{cls.__name__}: the pk is given twice")
            filters = {"pk": pk, **filters}
        if not filters and Q(*conditions).empty:
            raise InvalidValueError("give a pk or at least one condition")
        return cls.collection(*conditions, **filters)

    @classmethod
    def get_or_connect(cls, **values: Any) -> Reply[tuple[Self, bool]]:
        """(object, created): the one that has these values, else a new one. Alias get_or_create.

        One request if it exists, else two; if another client creates it in between, one more.
        """
        if cls.get_database().in_pipeline:
            raise PipelineError("get_or_connect needs the first reply to go on; run it outside the pipeline")
        wanted = cls._wanted(None, (), values)
        return cls.get_database().run(cls._got_or_created(wanted, values))

    @classmethod
    def _got_or_created(cls, wanted: Any, values: dict[str, Any]) -> Op:
        try:
            return (yield from wanted.get_op()), False
        except cls.DoesNotExist:
            pass
        try:
            return (yield from cls()._creation(dict(values))), True
        except UniquenessError as refused:
            try:
                return (yield from wanted.get_op()), False
            except cls.DoesNotExist:
                raise refused from None

    get_or_create = get_or_connect

    @classmethod
    def from_pks(cls, pks: Iterable[Any], lazy: bool = False) -> Reply[list[Self]]:
        """The objects with these pks; missing ones are left out. One request unless lazy."""
        if lazy:
            return cls.get_database().at_once([cls.lazy_connect(pk) for pk in pks])
        return cls.collection(pk__in=list(pks)).instances().evaluate()

    @classmethod
    def scan_pks(cls, match: str | None = None, count: int | None = None) -> Items[str]:
        """All pks, page by page, each once: a generator (SSCAN). Several requests.

        An object that is there all along comes once, whatever others write meanwhile; one that
        comes or goes may be among them. ``match`` is a glob pattern, ``count`` a hint for each page.
        """
        cls._refuse_abstract()
        seen: set[str] = set()

        def pages(cursor: Any) -> Op:
            args = scan_args("SSCAN", cls.schema.keys.pks, cursor or 0, match, count)
            cursor, found = yield Call(args)
            new = [pk for pk in dict.fromkeys(found) if pk not in seen]
            seen.update(new)
            return int(cursor) or None, [cls.schema.read_pk(pk) for pk in new]

        return cls.get_database().iterate(pages)
