"""Indexes with an entry for each part of a text: words, or any part at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ..exceptions import ImplementationError
from .base import BaseIndex
from .order import text_bounds, to_bytes
from .transforms import Lower

if TYPE_CHECKING:
    from ..schema import FieldSchema

__all__ = ["ContainsIndex", "WordsIndex", "split"]

_PUNCTUATION = re.compile(rb"\xc2[\x80-\xbf]|\xe2[\x80\x81][\x80-\xbf]|\xe3\x80[\x80-\xbf]")
_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]+")


def _words(text: bytes, _: str) -> list[bytes]:
    return _WORD.findall(_PUNCTUATION.sub(b" ", text))


def _grams(text: bytes, size: str) -> list[bytes]:
    return [text[at : at + int(size)] for at in range(len(text))] or [b""]


_SPLITS: dict[str, Callable[[bytes, str], list[bytes]]] = {"words": _words, "grams": _grams}


def split(spec: str, text: bytes) -> list[bytes]:
    """What a text is split into, each once: the Python side of ``lua/lib/text.lua``."""
    word, _, argument = spec.partition(":")
    return list(dict.fromkeys(_SPLITS[word](text, argument)))


class _PartsIndex(BaseIndex):
    """One sorted set, with a member for each part of each text."""

    kind = "t"
    handle_uniqueness = False
    options: ClassVar[tuple[str, ...]] = ("prefix", "transform", "key", "transform_query")

    def __init__(self, field: FieldSchema) -> None:
        super().__init__(field)
        if self.handle_uniqueness:
            raise ImplementationError(f"{self.where}: {type(self).__name__} cannot handle uniqueness")

    def _query_bytes(self, value: Any, where: str) -> bytes:
        return to_bytes(self.query_part(value, where), where)


class WordsIndex(_PartsIndex):
    """Answers ``field__match="red bike"``: texts with all these words, the last one as the
    start of a word; no ranking. In a field of many values one value has all the words.

    Words are runs of ASCII letters and digits and of all that is beyond ASCII, but for the
    punctuation U+0080-00BF, U+2000-207F and U+3000-303F. ASCII letters in any case are equal;
    ``configure(transform=str.casefold)`` folds all alphabets. Entries: one for each word.
    """

    key = "words"
    handled_suffixes = frozenset({"match"})
    split = "words"
    transform: Any = Lower()
    transform_query = True

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        words = _words(self._query_bytes(value, where), "")
        if not words:
            return "m", []
        *whole, start = words
        bounds = [bound for word in dict.fromkeys(whole) for bound in text_bounds("eq", word, where)]
        return "m", ["", *bounds, *text_bounds("startswith", start, where)]


class ContainsIndex(_PartsIndex):
    """Answers ``field__contains="part"`` exactly, whatever the part and its length.

    Entries: one for each byte of the value (each run of ``size`` bytes), so this is for short
    texts. A part is looked up by its rarest run; candidates are compared with the value.
    """

    key = "contains"
    handled_suffixes = frozenset({"contains"})
    options = ("prefix", "transform", "key", "transform_query", "size")
    #: the length of a run, in bytes: longer ones are more selective and take more memory
    size: ClassVar[int] = 3
    #: how many runs of a part are looked at to find the rarest
    _LOOKED_AT = 16

    def __init__(self, field: FieldSchema) -> None:
        super().__init__(field)
        if isinstance(self.size, bool) or not isinstance(self.size, int) or self.size < 1:
            raise ImplementationError(f"{self.where}: size is a number of bytes, not {self.size!r}")
        self.split = f"grams:{self.size}"

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        part = self._query_bytes(value, where)
        last = len(part) - self.size
        starts = dict.fromkeys([*range(0, max(last, 0) + 1, self.size), max(last, 0)])
        chosen = list(starts)[: self._LOOKED_AT]
        bounds = [
            bound for at in chosen for bound in text_bounds("startswith", part[at : at + self.size], where)
        ]
        # a short part is the start of a run: no candidate need be looked at
        return "m", [part if last > 0 else "", *bounds]
