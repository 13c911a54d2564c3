"""The native commands of each field type, as rows over redis-py's own methods."""

from .generic import GENERIC, LEFT_OUT
from .hash import ENTRY, HASH_ROWS, INSTANCE_HASH_ROWS
from .list import LIST_ROWS
from .recorder import KEY
from .row import Row
from .set import SET_ROWS
from .sortedset import SORTED_SET_ROWS
from .string import STRING_ROWS

__all__ = [
    "ENTRY",
    "GENERIC",
    "HASH_ROWS",
    "INSTANCE_HASH_ROWS",
    "KEY",
    "LEFT_OUT",
    "LIST_ROWS",
    "SET_ROWS",
    "SORTED_SET_ROWS",
    "STRING_ROWS",
    "Row",
]
