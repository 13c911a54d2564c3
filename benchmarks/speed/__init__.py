"""The library against hand-written redis-py code and redis-limpyd, for the same job."""
