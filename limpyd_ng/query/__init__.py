"""From filters to one read-only request: parse, plan, compile, results."""
