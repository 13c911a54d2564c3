"""One object: coming into being, changing as a whole, going."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Self, overload

from .. import deletion, lifecycle, validation
from ..call import Op
from ..contents import Contents
from ..engine import NEW, ObjectRef, Write
from ..exceptions import ImplementationError, InvalidValueError, PipelineError, UniquenessError
from ..fields import PKField
from ..hashes import InstanceHashCommands
from ..static import Reply
from .described import Described

__all__ = ["Lifetime"]


class Lifetime(Described, InstanceHashCommands):
    """What an object knows of itself, and its creation, update and deletion."""

    _pk: str | None = None
    _connected: bool = False
    _deleted: bool = False
    _pending: bool = False
    #: the pk that a generator made for an object that is yet to come into being
    _pk_ahead: str | None = None

    # state

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
                raise PipelineError("the object gets its pk when the pipeline is executed")
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
        if nx + xx + overwrite > 1:
            raise InvalidValueError("give one of nx (a new object), xx (one that exists) and overwrite")
        if overwrite:
            return cls()._create(values, lifecycle.replace)
        if xx:
            return cls._update_existing(values)
        if nx:
            return cls.get_database().run(cls._created_if_new(cls()._creation(values)))
        return cls()._create(values)

    @classmethod
    def _created_if_new(cls, creation: Op) -> Op:
        try:
            return (yield from creation)
        except UniquenessError as error:
            if error.field != f"{cls.schema.label}.{cls.schema.pk_name}":
                raise
            return None

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

    def _create(self, values: dict[str, Any], maker: Callable[..., Op] = lifecycle.create) -> Reply[Self]:
        op = self._creation(values, maker)
        database = self.get_database()
        return database.made(self, database.run(op))

    def _creation(self, values: dict[str, Any], maker: Callable[..., Op] = lifecycle.create) -> Op:
        """The Op that creates this object; values are checked before it starts."""
        self._refuse_abstract()
        if self._pk_ahead is not None and not {"pk", self.schema.pk_name} & set(values):
            values = {"pk": self.schema.read_pk(self._pk_ahead), **values}
        pk = self._take_pk(values)
        return self._created(pk, self._new_contents(pk, values, self), maker if pk else lifecycle.create)

    @classmethod
    def _new_contents(cls, pk: str, values: dict[str, Any], instance: Any = None) -> Contents:
        if cls._embedded:
            values = validation.flat(cls, values)
        if not values.keys() <= cls._encoder.names:
            cls._refuse_unknown(values)
        return validation.new_contents(cls, pk, values, instance)

    def _created(self, pk: str, contents: Contents, maker: Callable[..., Op]) -> Op:
        self._pk, self._pending = pk or None, True
        try:
            made = yield from maker(self.schema, pk, contents)
        except BaseException:
            self._pk, self._pending = None, False
            raise
        self.came_into_being(made)
        return self

    @classmethod
    def _take_pk(cls, values: dict[str, Any]) -> str:
        schema = cls.schema
        if schema.pk_auto and "pk" not in values and schema.pk_name not in values:
            return ""
        field = cls.get_field("pk")
        names = [name for name in ("pk", field.name) if name in values]
        if len(set(names)) > 1:
            raise InvalidValueError(f"the pk is given twice: as {' and '.join(sorted(set(names)))}")
        if field.auto:
            raise InvalidValueError(f"{field.schema.label} is given by the server; leave it out")
        if not names:
            made = field.generate()
            if made is None:
                raise InvalidValueError(f"{field.schema.label} is needed to create an object")
            return str(made)
        return field.normalize_new(values.pop(names[0]))

    def new_write(self, *others: ObjectRef, writing: str) -> Write:
        """A write of the field ``writing`` that brings this object into being, defaults included."""
        self._refuse_abstract()
        pk = "" if self.schema.pk_auto else self._pk_ahead or self.get_field("pk").generate()
        if pk is None:
            raise InvalidValueError(
                f"{self.schema.label}.{self.schema.pk_name} is needed first: create the object with "
                f"{self.schema.label}({self.schema.pk_name}=...)"
            )
        contents = validation.defaults(type(self), writing)
        self._pending = True  # in a pipeline the next write must not make another object
        write = Write(ObjectRef(self.schema, pk, NEW), *others)
        for field, content in contents:
            write.assign(field, content)
        return write

    @classmethod
    def _refuse_unknown(cls, values: Mapping[str, Any]) -> None:
        for name in values:
            field = cls._declared.get(name)
            if isinstance(field, PKField) or name == "pk":
                raise InvalidValueError(
                    f"{cls.__name__}: a primary key cannot be updated; rename_pk(new) gives another one"
                )
            if field is None:
                raise InvalidValueError(
                    f"{cls.__name__} has no field {name!r}; it has {', '.join(cls._fields)}"
                )

    def _contents(self, values: Mapping[str, Any]) -> Contents:
        values = validation.flat(type(self), values)
        self._refuse_unknown(values)
        return validation.contents(self, values)

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
            return database.run(self._created_by_update(self._creation({**values})))
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

    def _created_by_update(self, creation: Op) -> Op:
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
