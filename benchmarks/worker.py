"""One of several processes that write the same fields: started by ``processes``, not by hand.

Standard input: a line of JSON that says who writes where; then for each round a line with the method
and the arguments of its calls, and a line that lets it go. Standard output: ``ready``, and for each
round ``loaded`` and a line with the times of its beginning and its end, by the clock that all
processes of a machine share.
"""

from __future__ import annotations

import json
import sys
import time

from .contestants import named


def main() -> None:
    """Does what it is told until there is nothing more."""
    order = json.loads(sys.stdin.readline())
    (cls,) = named([order["contestant"]])
    contestant = cls(order["settings"])
    contestant.client.ping()
    print("ready", flush=True)
    for line in sys.stdin:
        turn = json.loads(line)
        print("loaded", flush=True)
        sys.stdin.readline()
        begun = time.monotonic()
        contestant.perform(turn["method"], turn["calls"])
        print(json.dumps([begun, time.monotonic()]), flush=True)
    contestant.close()


if __name__ == "__main__":
    main()
