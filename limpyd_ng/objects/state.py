"""One object: what it knows of itself."""

from __future__ import annotations

from typing import Any

from ..exceptions import PipelineError
from .described import Described

__all__ = ["State"]


class State(Described):
    """Its pk, and whether it is known to exist."""

    _pk: str | None = None
    _connected: bool = False
    _deleted: bool = False
    _pending: bool = False
    #: the pk that a generator made for an object that is yet to come into being
    _pk_ahead: str | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What goes along in a copy or a pickle: all but the bound fields, which are bound to this object."""
        return {name: value for name, value in vars(self).items() if name not in self._declared}

    @property
    def connected(self) -> bool:
        """Whether the object is known to exist."""
        return self._connected

    @property
    def is_new(self) -> bool:
        """Whether the object has yet to come into being."""
        return self._pk is None and not self._deleted and not self._pending

    @property
    def is_pending(self) -> bool:
        """Whether the object waits in a pipeline for its pk."""
        return self._pending

    def set_connected(self) -> None:
        """Notes that the object was found to exist."""
        self._connected = True

    def did_not_come_into_being(self) -> None:
        """Notes that the first write was refused: the next one may bring the object into being."""
        self._pending = False

    def came_into_being(self, pk: str) -> None:
        """Notes the pk that the object was created with."""
        self._pk, self._connected, self._pending = pk, True, False

    def get_pk(self) -> str | Any:
        """The pk, of its type, without a request. Raises DoesNotExist if the object has none."""
        pk = self._pk
        if pk is None or self._deleted:
            pk = self.stored_pk()
        schema = self.schema
        return pk if schema.pk_codec is None else schema.read_pk(pk)

    def stored_pk(self) -> str:
        """The pk as it stands in keys. Raises DoesNotExist if the object has none."""
        if self._deleted:
            was = self.schema.shown_pk(self._pk or "")
            raise self.schema.does_not_exist(f"this {self.schema.label} was deleted (pk {was!r})")
        if self._pk is None:
            if self._pending:
                raise PipelineError(
                    "the object is coming into being by another write: it gets its pk when that is done "
                    "(when the pipeline is executed)"
                )
            if self._pk_ahead is None:
                self._pk_ahead = self.get_field("pk").generate()
            if self._pk_ahead is None:
                raise self.schema.does_not_exist(
                    f"this {self.schema.label} has no pk yet: nothing was written to it"
                )
            return self._pk_ahead
        return self._pk

    def went(self) -> None:
        """Notes that the object was deleted."""
        self._deleted, self._connected = True, False
