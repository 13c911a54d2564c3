"""The demonstration: every airport of the world in Redis, and questions about them."""
