"""A field as data: where it is stored, what it holds, how it is indexed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..codec import to_text
from ..commands.values import paired
from ..exceptions import ImplementationError, InvalidValueError
from ..keys import ModelKeys

if TYPE_CHECKING:
    from ..codecs import Codec
    from ..indexes.base import BaseIndex
    from ..relations import Relation

__all__ = ["HASH", "INSTANCE_HASH", "LIST", "SET", "SORTED_SET", "STRING", "FieldSchema", "link"]

STRING, INSTANCE_HASH, HASH, SET, LIST, SORTED_SET = "s", "i", "h", "S", "l", "z"


class FieldSchema:
    """One field: where it is stored, what kind of value it holds, how it is indexed."""

    __slots__ = (
        "codec",
        "declared",
        "encoded",
        "followers",
        "indexes",
        "key_codec",
        "kind",
        "label",
        "limits",
        "name",
        "python",
        "relation",
        "ruled",
        "spec",
        "stored",
        "tracked",
        "unique",
        "watched",
    )

    def __init__(self, model: str, name: str, stored: str, kind: str, unique: bool) -> None:
        self.name = name
        #: the name in keys, which ``key_name=`` may make another one
        self.stored = stored
        self.kind = kind
        self.unique = unique
        #: "Model.field", for messages
        self.label = f"{model}.{name}"
        self.indexes: tuple[BaseIndex, ...] = ()
        #: the index classes as declared, each with the indexes it stands for
        self.declared: tuple[tuple[type[BaseIndex], tuple[BaseIndex, ...]], ...] = ()
        #: indexes of other fields whose entries depend on this field too
        self.followers: tuple[BaseIndex, ...] = ()
        #: whether a change of the value changes any index
        self.tracked = False
        #: whether a write has to look at the value: it is tracked, or how much it may hold is limited
        self.watched = False
        self.python: tuple[tuple[int, BaseIndex], ...] = ()
        #: the field spec of the scripts (see lua/lib/fields.lua), made once
        self.spec: tuple[Any, ...] = (stored, kind, 0)
        #: how values, and the sub-keys of a hash, are texts; None: as they are (see to_text)
        self.codec: Codec | None = None
        self.key_codec: Codec | None = None
        #: whether written values have to meet rules
        self.ruled = False
        #: whether values need more than passing as they are
        self.encoded = False
        #: the least and the most values it may hold, if that is limited
        self.limits: tuple[int | None, int | None] | None = None
        #: where the values are pks of another model's objects
        self.relation: Relation | None = None

    def use_codec(self, codec: Codec | None) -> None:
        """Says how values are texts."""
        self.codec = codec
        self.encoded = self.typed or self.ruled

    def limit(self, least: int | None, most: int | None) -> None:
        """Says how many values it may hold."""
        if not (least is None is most):
            self.limits = least, most
            self.complete_spec()

    def check_count(self, count: int) -> None:
        """Raises InvalidValueError for too few or too many values."""
        if self.limits is not None:
            least, most = self.limits
            if (least is not None and count < least) or (most is not None and count > most):
                raise self.count_error(count)

    def count_error(self, count: int) -> InvalidValueError:
        """The error for a number of values beyond the limits."""
        least, most = self.limits or (None, None)
        if most is not None and count > most:
            return InvalidValueError(f"{self.label}: {count} values are more than {most}")
        return InvalidValueError(f"{self.label}: {count} values are fewer than {least}")

    @property
    def multi(self) -> bool:
        """Whether the field holds many elements that are indexed each."""
        return self.kind in (SET, LIST, SORTED_SET)

    @property
    def single(self) -> bool:
        """Whether the field holds one value."""
        return self.kind in (STRING, INSTANCE_HASH)

    @property
    def typed(self) -> bool:
        """Whether values or sub-keys have a declared type."""
        return self.codec is not None or self.key_codec is not None

    def encode(self, value: Any, where: str | None = None) -> str | bytes:
        """A value as its text. Raises InvalidValueError."""
        where = where or self.label
        return to_text(value, where) if self.codec is None else self.codec.encode(value, where)

    def encode_key(self, value: Any, where: str | None = None) -> str | bytes:
        """A sub-key as its text. Raises InvalidValueError."""
        where = where or self.label
        return to_text(value, where) if self.key_codec is None else self.key_codec.encode(value, where)

    def decode(self, raw: Any) -> Any:
        """What a stored text stands for; None stays None. Raises InvalidValueError."""
        return raw if raw is None or self.codec is None else self.codec.decode(raw, self.label)

    def decode_key(self, raw: Any) -> Any:
        """What a stored sub-key stands for; None stays None. Raises InvalidValueError."""
        return raw if raw is None or self.key_codec is None else self.key_codec.decode(raw, self.label)

    def decode_pairs(self, flat: Sequence[Any]) -> Any:
        """What sub-keys and values, in turns, stand for: a dict, or pairs if one cannot be a key of it."""
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return paired((self.decode_key(key), self.decode(value)) for key, value in pairs)

    def use_indexes(self, classes: Iterable[type[BaseIndex]]) -> None:
        """Adds indexes to the field; raises ImplementationError if two share storage."""
        for declared in classes:
            self.declared += ((declared, tuple(part(self) for part in declared.parts())),)
        self.indexes = tuple(index for _, indexes in self.declared for index in indexes)
        labels = [index.label for index in self.indexes]
        for label in labels:
            if labels.count(label) > 1:
                raise ImplementationError(
                    f"{self.label}: two indexes would store their entries under {label!r}; "
                    "give one of them another key= or prefix="
                )
        self.python = tuple((n, index) for n, index in enumerate(self.indexes, 1) if index.python)
        self.complete_spec()

    def complete_spec(self) -> None:
        """Makes the spec anew, with the followers."""
        name, kind, *rest = self.spec_of(self.indexes)
        if self.limits is not None:
            kind += "c"
            rest += ["" if limit is None else limit for limit in self.limits]
        if self.followers:
            kind += "f"
            rest.append(len(self.followers))
            for index in self.followers:
                rest += index.field.spec_of([index])
        self.spec = (name, kind, *rest)
        self.tracked = bool(self.indexes or self.followers)
        self.watched = self.tracked or self.limits is not None

    def spec_of(self, indexes: Sequence[BaseIndex]) -> tuple[Any, ...]:
        """The field spec with only these indexes, without followers."""
        flat = [part for index in indexes for part in index.spec()]
        return (self.stored, self.kind, len(indexes), *flat)

    def indexes_of(
        self, index_class: type[BaseIndex] | None = None, key: str | None = None, prefix: str | None = None
    ) -> list[tuple[BaseIndex, ...]]:
        """The indexes that fit, each composed one as its parts together.

        If no declared index fits, single parts of composed ones may.
        """

        def fits(declared: type[BaseIndex]) -> bool:
            return (
                (index_class is None or issubclass(declared, index_class))
                and (key is None or declared.key == key)
                and (prefix is None or declared.prefix == prefix)
            )

        whole = [indexes for declared, indexes in self.declared if fits(declared)]
        return whole or [(index,) for index in self.indexes if fits(type(index))]

    def key(self, keys: ModelKeys, pk: str) -> str:
        """The key that holds the value in one object."""
        return keys.hash(pk) if self.kind == INSTANCE_HASH else keys.field(self.stored, pk)


def link(fields: Mapping[str, FieldSchema]) -> None:
    """Ties the indexes of several fields to the fields whose values they need.

    Raises ImplementationError for fields that cannot serve.
    """
    followers: dict[str, list[BaseIndex]] = {name: [] for name in fields}
    for field in fields.values():
        for index in field.indexes:
            index.link(fields)
            for other in index.others:
                followers[other.name].append(index)
    for name, field in fields.items():
        field.followers = tuple(followers[name])
        field.complete_spec()
