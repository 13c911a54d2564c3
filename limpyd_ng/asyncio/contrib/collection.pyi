"""See the module. Written by tools/stubs.py; do not edit."""

from ...contrib.collection import DEFAULT_STORE_TTL as DEFAULT_STORE_TTL
from ...contrib.collection import SORTED_SCORE as SORTED_SCORE
from ...contrib.collection import OrderBy as OrderBy
from ...contrib.collection import Q as Q
