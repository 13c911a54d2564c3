"""See the module. Written by tools/stubs.py; do not edit."""

from ..testing import EmbeddedServer as EmbeddedServer
from ..testing import Sent as Sent
from ..testing import count_requests as count_requests
from ._family import assert_indexes_right as assert_indexes_right
