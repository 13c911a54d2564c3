"""``limpyd_ng.testing`` for asyncio: ``await assert_indexes_right(Bike)``."""

from ..testing import EmbeddedServer, Sent, assert_indexes_right, count_requests

__all__ = ["EmbeddedServer", "Sent", "assert_indexes_right", "count_requests"]
