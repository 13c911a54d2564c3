"""Extras under the names that redis-limpyd gave them."""
