"""limpyd_ng: a Redis object mapper whose fields are live Redis values."""

__version__ = "0.1.0"
