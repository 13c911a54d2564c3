"""Hosting: the models that a database stores, their names, keys and relations."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from ..exceptions import ImplementationError
from ..keys import check_name
from ..relations import Network, Relation
from .connection import Connected

if TYPE_CHECKING:
    from ..model import RedisModel

__all__ = ["Hosting"]


class Hosting(Connected):
    """What stores models."""

    #: what ``indexable=True`` means for fields of models without a say of their own
    default_indexes: ClassVar[Sequence[type] | None] = None

    def __init__(self, client: Any = None, url: str | None = None, prefix: str = "", **settings: Any) -> None:
        #: what stands before each key of the models stored here
        self.prefix = check_name("prefix", prefix)
        self._models: dict[tuple[str, str], type[RedisModel]] = {}
        self._network = Network()
        super().__init__(client, url, **settings)

    @property
    def models(self) -> tuple[type[Any], ...]:
        """The models stored here."""
        return tuple(self._models.values())

    def add_model(self, model: type[Any]) -> None:
        """Takes a model in; raises ImplementationError if another has its name."""
        name = (model.namespace, model.stored_name())
        known = self._models.get(name)
        if known is not None and not _same_class(known, model):
            raise ImplementationError(
                f"{_where(model)} cannot use this database: {_where(known)} has the same "
                "namespace and name already; give one of them another namespace"
            )
        self._network.add(model.schema)
        model.schema.use_prefix(self.prefix)
        self._warn_of_twins(model)
        self._models[name] = model

    def remove_model(self, model: type[Any]) -> None:
        """Lets a model go (its data stays)."""
        name = (model.namespace, model.stored_name())
        if self._models.get(name) is model:
            del self._models[name]
        self._network.remove(model.schema)

    def relations_to(self, model: type[Any]) -> tuple[Relation, ...]:
        """The relations of all models stored here that point to this one."""
        return self._network.to(model.schema)

    def model_of_key(self, key: str) -> tuple[type[RedisModel], str] | None:
        """The model that a key belongs to, and what follows the start that all its keys share."""
        for model in self._models.values():
            start = model.schema.keys.prefix
            if key.startswith(start):
                return model, key[len(start) :]
        return None

    def _warn_of_twins(self, model: type[RedisModel]) -> None:
        key = self._server
        if key is None:
            return
        for other in _DATABASES.get(key, ()):
            if other is self or other.prefix != self.prefix:
                continue
            twin = other._models.get((model.namespace, model.stored_name()))
            if twin is not None and not _same_class(twin, model):
                warnings.warn(
                    f"{_where(model)} and {_where(twin)} are in two RedisDatabase objects with the same "
                    "settings: their data would share keys",
                    stacklevel=4,
                )
        _DATABASES.setdefault(key, WeakSet()).add(self)


#: by their server, the databases that models were ever added to
_DATABASES: dict[Hashable, WeakSet[Hosting]] = {}


def _same_class(one: type, other: type) -> bool:
    return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)


def _where(model: type) -> str:
    try:
        return f"{model.__module__}.{model.__qualname__} ({inspect.getsourcefile(model)})"
    except (TypeError, OSError):
        return f"{model.__module__}.{model.__qualname__}"
