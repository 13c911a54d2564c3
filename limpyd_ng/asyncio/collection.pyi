"""See the module. Written by tools/stubs.py; do not edit."""

from ..collection import DEFAULT_STORE_TTL as DEFAULT_STORE_TTL
from ..collection import SORTED_SCORE as SORTED_SCORE
from ..collection import OrderBy as OrderBy
from ..collection import Q as Q
from ._family import CollectionManager as CollectionManager
