"""MultiIndexes: several indexes declared as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from ..exceptions import ImplementationError
from .base import BaseIndex, as_attribute
from .transforms import chain, compose

__all__ = ["MultiIndexes"]


class MultiIndexes(BaseIndex):
    """Base of what ``MultiIndexes.compose([...])`` makes: a class that stands for several.

    A field that is given such a class has all the indexes it is composed of. ``configure``
    sets what is the same for all: ``transform`` is applied before those of the parts,
    ``prefix`` and ``key`` are put before theirs, ``handle_uniqueness`` replaces theirs.
    """

    index_classes: ClassVar[tuple[type[BaseIndex], ...]] = ()
    options = ("prefix", "transform", "handle_uniqueness", "key", "transform_query")

    @classmethod
    def compose(
        cls,
        index_classes: Iterable[type[BaseIndex]],
        *,
        name: str | None = None,
        key: str | None = None,
        transform: Any = None,
    ) -> type[MultiIndexes]:
        """A class that stands for these (themselves composed ones, if you like).

        ``name`` is that of the class; ``key`` comes before the keys of the parts, so that two
        parts of one class need not collide; ``transform`` is applied before those of the
        parts. Raises ImplementationError for anything that is no index class.
        """
        classes = tuple(index_classes)
        if not classes:
            raise ImplementationError("MultiIndexes.compose: give at least one index class")
        for one in classes:
            if not (isinstance(one, type) and issubclass(one, BaseIndex)):
                raise ImplementationError(f"MultiIndexes.compose: {one!r} is not an index class")
        given: dict[str, Any] = {"key": key} if key is not None else {}
        if transform is not None:
            given["transform"] = as_attribute(chain(transform))
        return type(name or cls.__name__, (cls,), {"index_classes": classes, **given})

    @classmethod
    def parts(cls) -> Iterable[type[BaseIndex]]:
        """The simple index classes of all levels, with what this class sets for all.

        Raises ImplementationError for MultiIndexes itself, which has none.
        """
        if not cls.index_classes:
            raise ImplementationError(
                "MultiIndexes is made of other indexes: use MultiIndexes.compose([...])"
            )
        return tuple(cls._part(part) for one in cls.index_classes for part in one.parts())

    @classmethod
    def _part(cls, part: type[BaseIndex]) -> type[BaseIndex]:
        changes: dict[str, Any] = {"families": (*part.families, cls)}
        if cls.key:
            changes["key"] = f"{cls.key}-{part.key}"
        if cls.prefix is not None:
            changes["prefix"] = "__".join(filter(None, (cls.prefix, part.prefix)))
        first = _own(cls, "transform")
        if first is not None:
            changes["transform"] = compose(first, _own(part, "transform"))
        for option in ("handle_uniqueness", "transform_query"):
            if any(option in vars(one) for one in cls.__mro__ if issubclass(one, MultiIndexes)):
                changes[option] = getattr(cls, option)
        return type(part.__name__, (part,), changes)


def _own(cls: type[BaseIndex], name: str) -> Any:
    """A class attribute as it was set, a staticmethod for instance not yet unwrapped."""
    return next((vars(one)[name] for one in cls.__mro__ if name in vars(one)), None)
