"""python -m benchmarks.bulk [--objects 20000] [--rounds 7]

Loading many objects: ``create_many`` against a hand-written pipeline and a hand-written
script in pipelines; the object, the data and the table are those of ``benchmarks.speed``.
"""

from __future__ import annotations

import sys

from .speed.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["--only", "load", *sys.argv[1:]]))
