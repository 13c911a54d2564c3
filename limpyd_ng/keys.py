"""Every key name of the library, and nothing else.

Each key of a model starts with the hash tag ``{namespace:model}`` (after the prefix of the
database, if it has one), so that a model lives in one cluster slot. A fixed word follows; the
part whose content users choose freely comes last, so no two facts share a key whatever values
and pks are stored. The layout is documented in ``docs/key-layout.rst``
and frozen by a golden test: it is API.

The Lua scripts build the same names from ``prefix`` where a part is only known there.
"""

from __future__ import annotations

import re

from .exceptions import ImplementationError

__all__ = ["FieldKey", "ModelKeys", "check_name", "escape_glob"]

_NAME = re.compile(r"[^\W\d]\w*")
_PREFIX = re.compile(r"[\w.\-:/]*")
_LABEL = re.compile(r"[\w.\-]+")
_GLOB = re.compile(r"([*?\[\]\\^])")


class FieldKey(str):
    """The key of a bound field: a plain str for redis-py that remembers its field."""

    __slots__ = ("field", "keys")
    field: object
    #: those of the model when the key was made
    keys: object


def escape_glob(text: str) -> str:
    """``text`` as a pattern for SCAN MATCH that matches only itself."""
    return _GLOB.sub(r"\\\1", text)


def check_name(kind: str, name: str) -> str:
    """``name`` if it may be part of a key: a word of letters, digits and underscores.

    A namespace may hold ``-``, ``.`` and ``:`` too, a prefix besides ``/`` and anywhere. Raises
    ImplementationError.
    """
    if kind == "prefix":
        if not isinstance(name, str) or not _PREFIX.fullmatch(name):
            raise ImplementationError(
                f"{name!r} cannot be used as a prefix: use letters, digits, '_', '-', '.', ':' and '/'"
            )
        return name
    if kind == "namespace":
        good = name == "" or all(_LABEL.fullmatch(part) for part in name.split(":"))
    elif kind == "index key":
        good = bool(_LABEL.fullmatch(name))
    else:
        good = bool(_NAME.fullmatch(name))
    if not good:
        raise ImplementationError(
            f"{name!r} cannot be used as a {kind}: use letters, digits and underscores"
            + (" (and '-', '.', ':')" if kind == "namespace" else "")
        )
    return name


class ModelKeys:
    """The keys of one model."""

    __slots__ = ("before", "name", "namespace", "pks", "prefix", "schema", "seq", "tag")

    def __init__(self, namespace: str, name: str, before: str = "") -> None:
        check_name("namespace", namespace)
        check_name("model name", name)
        self.namespace = namespace
        self.name = name
        self.tag = f"{{{namespace}:{name}}}" if namespace else f"{{{name}}}"
        #: what the database puts before each key
        self.before = check_name("prefix", before)
        self.prefix = f"{before}{self.tag}:"
        self.pks = self.prefix + "pks"
        self.seq = self.prefix + "seq"
        self.schema = self.prefix + "schema"

    def hash(self, pk: str) -> str:
        """The hash that holds all InstanceHashFields of one object."""
        return f"{self.prefix}hash:{pk}"

    def field(self, name: str, pk: str) -> str:
        """The key of any other field of one object."""
        return f"{self.prefix}field:{name}:{pk}"

    def index(self, field: str, label: str) -> str:
        """The start of all keys of one index (see ``indexes.base`` for what follows)."""
        return f"{self.prefix}index:{field}:{label}"

    def memo(self, field: str, pk: str) -> str:
        """What Python transforms made of the values of one field of one object."""
        return f"{self.prefix}memo:{field}:{pk}"

    def stored(self, word: str) -> str:
        """A list of pks that ``collection.store()`` keeps."""
        return f"{self.prefix}stored:{word}"

    def pattern(self, *words: str) -> str:
        """A SCAN pattern for all keys whose fixed words are these."""
        return escape_glob(self.prefix + "".join(word + ":" for word in words)) + "*"
