"""Commands of a model instance on the one hash that its InstanceHashFields share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .call import Call, FollowUpRefused, Op
from .engine import Effect, Write, execute
from .exceptions import InvalidValueError
from .parties import ObjectRef
from .schema import INSTANCE_HASH
from .static import Reply
from .validation import flat

if TYPE_CHECKING:
    from .model import RedisModel

__all__ = ["InstanceHashCommands"]


class InstanceHashCommands:
    """hmget, hmset, hdel, hgetall, hkeys, hvals, hlen of an instance. One request each."""

    def hmget(self, *names: str) -> Reply[list[Any]]:
        """The values of these fields, in this order, None where there is none (HMGET)."""
        return self._run(self._read(self._hash_names(names) if names else ()))

    def hmget_dict(self, *names: str) -> Reply[dict[str, Any]]:
        """The values of these fields (all InstanceHashFields by default) by name (HMGET)."""
        wanted = self._hash_names(names or self._all_hash_names())
        return self._run(self._mapped(wanted, lambda values: dict(zip(wanted, values, strict=True))))

    def hgetall(self) -> Reply[dict[str, Any]]:
        """The InstanceHashFields that have a value, by name (HMGET of the declared ones)."""
        names = self._all_hash_names()
        return self._run(
            self._mapped(
                names,
                lambda values: {
                    name: value for name, value in zip(names, values, strict=True) if value is not None
                },
            )
        )

    def hkeys(self) -> Reply[list[str]]:
        """The names of the InstanceHashFields that have a value."""
        names = self._all_hash_names()
        return self._run(
            self._mapped(
                names,
                lambda values: [name for name, value in zip(names, values, strict=True) if value is not None],
            )
        )

    def hvals(self) -> Reply[list[Any]]:
        """The values of the InstanceHashFields that have one."""
        return self._run(
            self._mapped(self._all_hash_names(), lambda values: [v for v in values if v is not None])
        )

    def hlen(self) -> Reply[int]:
        """How many InstanceHashFields have a value."""
        return self._run(
            self._mapped(self._all_hash_names(), lambda values: sum(v is not None for v in values))
        )

    def hmset(self, **values: Any) -> Reply[bool]:
        """Sets several InstanceHashFields, all or nothing, indexes included. Returns True.

        None removes a value. Raises InvalidValueError for other fields, UniquenessError.
        """
        if not values:
            raise InvalidValueError("hmset: give at least one value")
        values = flat(type(self), values)
        self._hash_names(tuple(values))
        done: Any = cast("RedisModel", self).update(**values)
        return done

    def hdel(self, *names: str) -> Reply[int]:
        """Removes the values of several InstanceHashFields, indexes included (HDEL).

        Returns how many had one.
        """
        if not names:
            raise InvalidValueError("hdel: give at least one field name")
        return self._run(self._remove(self._hash_names(names)))

    # how

    def _run(self, op: Op) -> Any:
        return cast("RedisModel", self).get_database().run(op)

    def _all_hash_names(self) -> tuple[str, ...]:
        fields = cast("RedisModel", self).schema.fields.values()
        return tuple(field.name for field in fields if field.kind == INSTANCE_HASH)

    def _hash_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        known = self._all_hash_names()
        unknown = [name for name in names if name not in known]
        if unknown:
            raise InvalidValueError(
                f"{type(self).__name__}: {', '.join(map(repr, unknown))} is no InstanceHashField; "
                f"there are {', '.join(known) or 'none'}"
            )
        return names

    def _mapped(self, names: tuple[str, ...], then: Any) -> Op:
        return then((yield from self._read(names)))

    def _read(self, names: tuple[str, ...]) -> Op:
        instance = cast("RedisModel", self)
        schema, pk = instance.schema, instance.stored_pk()
        if not names:
            return []
        stored = [schema.fields[name].stored for name in names]
        values = yield Call(("HMGET", schema.keys.hash(pk), *stored))
        if not instance.connected and all(value is None for value in values):
            try:
                exists = yield Call(("SISMEMBER", schema.keys.pks, pk))
            except FollowUpRefused:  # all are None
                return values
            if not exists:
                raise schema.missing(pk)
            instance.set_connected()
        return [schema.fields[name].decode(value) for name, value in zip(names, values, strict=True)]

    def _remove(self, names: tuple[str, ...]) -> Op:
        instance = cast("RedisModel", self)
        schema, pk = instance.schema, instance.stored_pk()
        key = schema.keys.hash(pk)
        write = Write(ObjectRef(schema, pk))
        for name in dict.fromkeys(names):
            field = schema.fields[name]
            touches: list[Any] = [("all", [])] if field.tracked else []
            write.native(("HDEL", key, field.stored), [Effect(field, 1, touches)])
        write.declare(key)
        reply = yield from execute(write)
        instance.set_connected()
        return sum(reply[2:])
