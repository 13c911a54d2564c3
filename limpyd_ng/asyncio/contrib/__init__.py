"""The extras for asyncio, under the names of the plain ones."""
