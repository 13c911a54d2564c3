"""One object: coming into being, changing as a whole, going."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import deletion, lifecycle
from ..call import Op
from ..engine import NEW, ObjectRef, Write
from ..exceptions import InvalidValueError, PipelineError
from ..fields import PKField
from ..hashes import InstanceHashCommands
from .described import Described

if TYPE_CHECKING:
    from ..schema import FieldSchema

__all__ = ["Lifetime"]


class Lifetime(Described, InstanceHashCommands):
    """What an object knows of itself, and its creation, update and deletion."""

    _pk: str | None
    _connected: bool
    _deleted: bool
    _pending: bool

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

    def get_pk(self) -> str:
        """The pk, without a request. Raises DoesNotExist if the object has none."""
        if self._deleted:
            raise self.schema.does_not_exist(f"this {self.schema.label} was deleted (pk {self._pk!r})")
        if self._pk is None:
            if self._pending:
                raise PipelineError("the object gets its pk when the pipeline is executed")
            raise self.schema.does_not_exist(
                f"this {self.schema.label} has no pk yet: nothing was written to it"
            )
        return self._pk

    # coming into being

    @classmethod
    def create(cls, **values: Any) -> Any:
        """Creates an object with these values and the defaults, all or nothing. One request.

        Raises UniquenessError if a unique value (or the pk) is taken, InvalidValueError for
        values that cannot be stored.
        """
        return cls()._create(values)

    def _create(self, values: dict[str, Any]) -> Any:
        op = self._creation(values)
        database = self.get_database()
        return database.made(self, database.run(op))

    def _creation(self, values: dict[str, Any]) -> Op:
        """The Op that creates this object; values are checked before it starts."""
        self._refuse_abstract()
        pk = self._take_pk(values)
        contents = self._contents(values)
        given = {field.name for field, _ in contents}
        contents += self._defaults(given | set(values))
        return self._created(pk, contents)

    def _created(self, pk: str, contents: list[tuple[FieldSchema, list[Any]]]) -> Op:
        self._pk, self._pending = pk or None, True
        try:
            made = yield from lifecycle.create(self.schema, pk, contents)
        except BaseException:
            self._pk, self._pending = None, False
            raise
        self.came_into_being(made)
        return self

    @classmethod
    def _take_pk(cls, values: dict[str, Any]) -> str:
        field = cls.get_field("pk")
        names = [name for name in ("pk", field.name) if name in values]
        if len(set(names)) > 1:
            raise InvalidValueError(f"the pk is given twice: as {' and '.join(sorted(set(names)))}")
        if field.auto:
            if names:
                raise InvalidValueError(f"{field.schema.label} is given by the server; leave it out")
            return ""
        if not names:
            raise InvalidValueError(f"{field.schema.label} is needed to create an object")
        return field.normalize(values.pop(names[0]))  # type: ignore[no-any-return]

    def new_write(self, *others: ObjectRef) -> Write:
        """A write that brings this object into being, defaults included."""
        self._refuse_abstract()
        if not self.schema.pk_auto:
            raise InvalidValueError(
                f"{self.schema.label}.{self.schema.pk_name} is needed first: create the object with "
                f"{self.schema.label}({self.schema.pk_name}=...)"
            )
        self._pending = True  # in a pipeline the next write must not make another object
        write = Write(ObjectRef(self.schema, "", NEW), *others)
        for field, content in self._defaults(set()):
            write.assign(field, content)
        return write

    @classmethod
    def _contents(
        cls, values: Mapping[str, Any], keep_empty: bool = False
    ) -> list[tuple[FieldSchema, list[Any]]]:
        contents = []
        for name in values:
            field = cls._declared.get(name)
            if field is None or isinstance(field, PKField):
                if field is not None or name == "pk":
                    raise InvalidValueError(f"{cls.__name__}: a primary key cannot be updated")
                raise InvalidValueError(
                    f"{cls.__name__} has no field {name!r}; it has {', '.join(cls._fields)}"
                )
        for name in cls._fields:  # in the order of declaration
            if name in values and name in cls._declared:
                content = cls._declared[name].content(values[name])
                if content or keep_empty:
                    contents.append((cls._declared[name].schema, content))
        return contents

    @classmethod
    def _defaults(cls, given: set[str]) -> list[tuple[FieldSchema, list[Any]]]:
        defaults = [
            (field.schema, field.default_content())
            for name, field in cls._declared.items()
            if name not in given and field.default is not None
        ]
        return [(field, content) for field, content in defaults if content]

    # changing

    def update(self, **values: Any) -> Any:
        """Gives fields their whole new content, all or nothing; None removes. One request.

        Raises UniquenessError, DoesNotExist, InvalidValueError; then nothing has changed.
        """
        contents = self._contents(values, keep_empty=True)
        if not contents:
            raise InvalidValueError("give at least one value to update")
        database = self.get_database()
        if self.is_new:
            return database.run(self._created_by_update(self._creation({**values})))
        return database.run(self._updated(contents))

    def _created_by_update(self, creation: Op) -> Op:
        yield from creation
        return True

    def _updated(self, contents: list[tuple[FieldSchema, list[Any]]]) -> Op:
        result = yield from lifecycle.update(self.schema, self.get_pk(), contents)
        self._connected = True
        return result

    # going

    def delete(self) -> Any:
        """Removes the object: its values, index entries and pk. One request.

        What points to it follows in the same step, as ``on_delete`` of the relation says.
        Raises DoesNotExist if it is not there (any more), RestrictedError.
        """
        return self.get_database().run(self._delete())

    def _delete(self) -> Op:
        yield from deletion.delete(self.schema, [self.get_pk()])
        self._deleted, self._connected = True, False
        return True

    def post_command(self, sender: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any:
        """Hook: called with the result of each command of this object's fields."""
        return result
