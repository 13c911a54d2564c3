"""See the module. Written by tools/stubs.py; do not edit."""

from ..database import PipelineDatabase as PipelineDatabase
