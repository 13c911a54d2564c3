"""Typed values: how a Python value of a declared type is stored as text, and read back.

Every type has one text for each value (``Decimal("1.00")`` and ``Decimal("1")`` are both ``1``),
so equality filters find what was written.
"""

from .base import Codec
from .choices import codec_for
from .documents import JSON
from .moments import DateTimeCodec
from .places import Point

__all__ = ["JSON", "Codec", "DateTimeCodec", "Point", "codec_for"]
