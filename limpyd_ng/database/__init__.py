"""Databases: settings, connection, the models one hosts, pipelines and transactions.

``BaseDatabase`` is what every database is: ``connection``, ``hosting`` and ``base``, each on top of
the one before it. ``RedisDatabase``, in ``plain``, adds a client that waits for its replies. The
database of asyncio users is in ``limpyd_ng.asyncio``.
"""

from .base import BaseDatabase
from .connection import DEFAULT_CONNECTION_SETTINGS
from .plain import PipelineDatabase, RedisDatabase
from .transactions import Retries

__all__ = ["DEFAULT_CONNECTION_SETTINGS", "BaseDatabase", "PipelineDatabase", "RedisDatabase", "Retries"]
