"""PipelineDatabase: pipelines and transactions (every database has them here)."""

from ..database import PipelineDatabase

__all__ = ["PipelineDatabase"]
