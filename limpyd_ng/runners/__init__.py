"""The only code that talks to a connection: each runner carries Calls and Ops its own way."""
