"""Shapes: what a collection gives for each object it finds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from ..exceptions import InvalidValueError
from ..query.fetch import Fetch
from ..results import Shape, columns_of
from ..static import M, R
from .chain import Chain

if TYPE_CHECKING:
    from .manager import CollectionManager

__all__ = ["Shaped"]


class Shaped(Chain[M, R]):
    """The steps that make another shape: pks, objects, dicts, tuples, values. No request."""

    def _with_shape(self, shape: Shape) -> Any:
        copy = self.clone()
        copy._shape = shape
        return copy

    @overload
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        values: None = None,
        fetch: Sequence[str] = (),
    ) -> CollectionManager[M, M]: ...
    @overload
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        *,
        values: Sequence[Any],
        fetch: Sequence[str] = (),
    ) -> CollectionManager[M, tuple[M, dict[str, Any]]]: ...
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        values: Sequence[Any] | None = None,
        fetch: Sequence[str] = (),
    ) -> Any:
        """Results as objects. The query itself tells that they exist; with ``lazy`` each
        checks again at its first use. With ``values=[field...]`` results are pairs of an
        object and a dict of the values it had when the query ran. ``fetch`` names relations
        whose objects' values come along too, in ``fetched`` of each object."""
        if skip_exist_test is not None:
            warnings.warn("skip_exist_test is the older name of lazy", DeprecationWarning, stacklevel=2)
            lazy = skip_exist_test
        brought = Fetch(self.model.schema, fetch) if fetch else None
        if values is None:
            return self._with_shape(Shape("instances", lazy, fetch=brought))
        if isinstance(values, str):
            raise InvalidValueError("instances: values is a list of fields")
        return self._with_shape(Shape("pairs", lazy, columns_of(self.model.schema, values), brought))

    def values(self, *fields: Any, fetch: Sequence[str] = ()) -> CollectionManager[M, dict[str, Any]]:
        """Results as dicts of these fields; without any, of all fields of one value. ``fetch``
        names relations whose objects come along, as such dicts under the relation's name."""
        brought = Fetch(self.model.schema, fetch) if fetch else None
        return self._with_shape(Shape("dicts", False, columns_of(self.model.schema, fields), brought))

    @overload
    def values_list(
        self, *fields: Any, flat: Literal[False] = False
    ) -> CollectionManager[M, tuple[Any, ...]]: ...
    @overload
    def values_list(self, *fields: Any, flat: bool) -> CollectionManager[M, Any]: ...
    def values_list(self, *fields: Any, flat: bool = False) -> Any:
        """Results as tuples of these fields; with ``flat`` (one field) as its values."""
        if flat and len(fields) != 1:
            raise InvalidValueError("values_list: flat goes with exactly one field")
        kind = "flat" if flat else "tuples"
        return self._with_shape(Shape(kind, columns=columns_of(self.model.schema, fields)))

    def primary_keys(self) -> CollectionManager[M, str]:
        """Results as pks again."""
        return self._with_shape(Shape())
