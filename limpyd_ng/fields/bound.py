"""Where a field is: its model, its object, its key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..commands import ENTRY, KEY
from ..exceptions import ImplementationError
from ..keys import FieldKey
from ..schema import FieldSchema

if TYPE_CHECKING:
    from ..model import RedisModel

__all__ = ["Bound"]


class Bound:
    """A field of a model, and the object it is bound to, if it is."""

    name: str
    schema: FieldSchema
    _model: type[RedisModel]
    _instance: RedisModel | None = None
    _key: FieldKey | None = None

    @property
    def holder(self) -> RedisModel:
        """The object this field is bound to; raises ImplementationError on a declaration."""
        if self._instance is None:
            raise ImplementationError(f"{self.schema.label}: commands are for instances, not for the class")
        return self._instance

    @property
    def database(self) -> Any:
        """The database of the model."""
        return self._model.get_database()

    @property
    def key(self) -> FieldKey:
        """The Redis key of the field; raises DoesNotExist while the object has no pk."""
        key, keys = self._key, self._model.schema.keys
        if key is None or key.keys is not keys:  # the database may have moved the model's keys
            key = FieldKey(self.schema.key(keys, self.holder.stored_pk()))
            key.field, key.keys = self, keys
            self._key = key
        return key

    def make_key(self, *parts: Any) -> str:
        """``parts`` joined as limpyd did, for keys of your own."""
        return ":".join(str(part) for part in parts)

    def _wired(self, wire: Sequence[Any]) -> list[Any]:
        """The wire arguments with the key and the hash entry in their places."""
        key, entry = self.key, self.schema.stored
        return [key if item is KEY else entry if item is ENTRY else item for item in wire]
