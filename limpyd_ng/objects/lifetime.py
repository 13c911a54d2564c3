"""One object: coming into being, changing as a whole, going."""

from __future__ import annotations

from typing import Any, Literal, Self, overload

from .. import deletion, lifecycle
from ..call import Op
from ..contents import Contents
from ..exceptions import ImplementationError, InvalidValueError
from ..hashes import InstanceHashCommands
from ..static import Reply
from .creation import Creation

__all__ = ["Lifetime"]


class Lifetime(Creation, InstanceHashCommands):
    """Creation, update and deletion of an object."""

    # coming into being

    @overload
    @classmethod
    def create(
        cls,
        *,
        nx: Literal[False] = False,
        xx: Literal[False] = False,
        overwrite: bool = False,
        **values: Any,
    ) -> Reply[Self]: ...
    @overload
    @classmethod
    def create(
        cls, *, nx: bool = False, xx: bool = False, overwrite: bool = False, **values: Any
    ) -> Reply[Self | None]: ...
    @classmethod
    def create(
        cls, *, nx: bool = False, xx: bool = False, overwrite: bool = False, **values: Any
    ) -> Reply[Self | None]:
        """Creates an object with these values and the defaults, all or nothing. One request.

        Raises UniquenessError if a unique value (or the pk) is taken, InvalidValueError for
        values that cannot be stored. With ``nx`` a pk that is taken gives None, not an error. With
        ``xx`` the object with this pk is updated instead: None if there is none. With ``overwrite``
        the new object takes the place of one with this pk, of whose values none are left.
        """
        if bool(nx) + bool(xx) + bool(overwrite) > 1:
            raise InvalidValueError("give one of nx (a new object), xx (one that exists) and overwrite")
        if overwrite:
            return cls()._create(values, lifecycle.replace)
        if xx:
            return cls._update_existing(values)
        if nx:
            return cls.get_database().run(cls._created_if_new(cls()._creation(values)))
        return cls()._create(values)

    @classmethod
    def _update_existing(cls, values: dict[str, Any]) -> Any:
        cls._refuse_abstract()
        field = cls.get_field("pk")
        pk = values.pop(field.name if field.name in values else "pk", None)
        if pk is None:
            raise InvalidValueError(f"{field.schema.label} is needed to tell which object to update")
        instance = cls()
        instance._pk = field.normalize(pk)
        contents = instance._contents(values)
        return cls.get_database().run(instance._updated_if_there(contents, instance))

    # changing

    @overload
    def update(self, *, xx: Literal[False] = False, **values: Any) -> Reply[bool]: ...
    @overload
    def update(self, *, xx: bool, **values: Any) -> Reply[bool | None]: ...
    def update(self, *, xx: bool = False, **values: Any) -> Reply[bool | None]:
        """Gives fields their whole new content, all or nothing; None removes. One request.

        Raises UniquenessError, DoesNotExist, InvalidValueError; then nothing has changed. An object
        without a pk comes into being. With ``xx`` only an object that exists is updated: None if
        there is none.
        """
        if not values:
            raise InvalidValueError("give at least one value to update")
        database = self.get_database()
        if self.is_new and not xx:
            return database.run(self._created_by_update(self._creation({**values}), values))
        contents = self._contents(values)
        if xx:
            return (
                database.at_once(None)
                if self.is_new
                else database.run(self._updated_if_there(contents, True))
            )
        return database.run(self._updated(contents))

    @overload
    @classmethod
    def update_pk(cls, pk: Any, *, xx: Literal[False] = False, **values: Any) -> Reply[bool]: ...
    @overload
    @classmethod
    def update_pk(cls, pk: Any, *, xx: bool, **values: Any) -> Reply[bool | None]: ...
    @classmethod
    def update_pk(cls, pk: Any, *, xx: bool = False, **values: Any) -> Reply[bool | None]:
        """``update`` of the object with this pk. One request. Raises DoesNotExist (``xx``: None)."""
        cls._refuse_abstract()
        instance = cls()
        instance._pk = cls.get_field("pk").normalize(pk)
        return instance.update(xx=xx, **values)

    def _updated_if_there(self, contents: Contents, answer: Any) -> Op:
        try:
            yield from self._updated(contents)
        except self.schema.does_not_exist as error:
            if type(error) is not self.schema.does_not_exist:
                raise
            return None
        return answer

    def rename_pk(self, new: Any) -> Reply[int]:
        """Gives the object another pk: its keys, index entries, and references to it, all or nothing.

        One request. Returns how many references followed. Raises DoesNotExist, UniquenessError if an
        object has the new pk, ImplementationError if the server gives the pks of this model.
        """
        self._refuse_given_pks()
        return self.get_database().run(self._renamed(self.get_field("pk").normalize_new(new)))

    def _refuse_given_pks(self) -> None:
        if self.schema.pk_auto:
            raise ImplementationError(
                f"{self.schema.label}.{self.schema.pk_name} is counted by the server: it cannot be renamed"
            )

    def _renamed(self, new: str) -> Op:
        pk = self.stored_pk()
        if new == pk:
            if not (yield from lifecycle.in_collection(self.schema, pk)):
                raise self.schema.missing(pk)
            return 0
        followed = yield from lifecycle.rename(self.schema, pk, new)
        self._pk, self._connected = new, True
        for name in self._declared:  # bound fields remember their keys
            self.__dict__.pop(name, None)
        return followed

    def snapshot(self) -> Reply[dict[str, Any]]:
        """Everything the object holds, by field name, read in one step. One request.

        A text or None; a set; a list; a dict of a hash; a dict of member to score, in order.
        Raises DoesNotExist.
        """
        return self.get_database().run(self._snapshot())

    def _snapshot(self) -> Op:
        pk = self.stored_pk()
        (found,) = yield from lifecycle.load(self.schema, [pk])
        if found is None:
            raise self.schema.missing(pk)
        self._connected = True
        return {self.schema.pk_name: self.get_pk(), **found}

    def _created_by_update(self, creation: Op, values: dict[str, Any]) -> Op:
        if not self.is_new:  # another write has brought it into being since
            return (yield from self._updated(self._contents(values)))
        yield from creation
        return True

    def _updated(self, contents: Contents) -> Op:
        result = yield from lifecycle.update(self.schema, self.stored_pk(), contents)
        self._connected = True
        return result

    # going

    def delete(self) -> Reply[bool]:
        """Removes the object: its values, index entries and pk. One request.

        What points to it follows in the same step, as ``on_delete`` of the relation says.
        Raises DoesNotExist if it is not there (any more), RestrictedError.
        """
        return self.get_database().run(self._delete())

    @classmethod
    def delete_pk(cls, pk: Any) -> Reply[bool]:
        """Deletes the object with this pk; see ``delete``. One request. Raises DoesNotExist."""
        cls._refuse_abstract()
        instance = cls()
        instance._pk = cls.get_field("pk").normalize(pk)
        return instance.delete()

    def _delete(self) -> Op:
        yield from deletion.delete(self.schema, [self.stored_pk()])
        self.went()
        return True

    def clean(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """Hook: checks (or changes, returning them) the values of a ``create``, ``update`` or ``hmset``.

        Called when each value fits its field; of a ``create``, defaults are among them. Raise
        ValueError for values that do not fit together. The object may have no pk yet.
        """
        return None

    def post_command(self, sender: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any:
        """Hook: called with the result of each command of this object's fields."""
        return result
