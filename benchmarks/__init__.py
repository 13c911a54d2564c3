"""The speed of limpyd_ng, against what one would use instead: ``python -m benchmarks``."""
