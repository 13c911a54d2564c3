"""``limpyd_ng.contrib.database`` for asyncio."""

from ..database import PipelineDatabase

__all__ = ["PipelineDatabase"]
