"""python -m benchmarks.overhead [--calls 2000] [--rounds 15]

What a read through a field costs beside the same redis-py call: both take turns in one run on one
private server. Prints microseconds for each call, and the median over the rounds of the ratio within
a round. A native read should take at most 1.15 times redis-py's, a typed int at most 1.3 times.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis

from limpyd_ng import fields
from limpyd_ng.embedded import EmbeddedServer
from limpyd_ng.model import RedisDatabase, RedisModel

Pair = tuple[str, Callable[[], Any], Callable[[], Any]]


class Reading(RedisModel):
    """What is read."""

    name = fields.StringField()
    count = fields.InstanceHashField(type=int)
    plain = fields.InstanceHashField()
    tags = fields.SetField()


def pairs(reading: Any, client: redis.Redis) -> list[Pair]:
    """What is compared: a name, redis-py's call, the call through a field."""
    name, tags, own = str(reading.name.key), str(reading.tags.key), str(reading.count.key)
    return [
        ("get", lambda: client.get(name), reading.name.get),
        ("hget", lambda: client.hget(own, "plain"), reading.plain.hget),
        ("sismember", lambda: client.sismember(tags, "red"), lambda: reading.tags.sismember("red")),
        ("smembers", lambda: client.smembers(tags), reading.tags.smembers),
        ("hget, typed int", lambda: client.hget(own, "count"), reading.count.hget),
    ]


def timed(call: Callable[[], Any], calls: int) -> float:
    """Seconds for each call."""
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when every answer was right."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__)
    parser.add_argument("--calls", type=int, default=2000, help="of each kind in each round")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(argv)
    with EmbeddedServer() as server, redis.Redis(**server.settings, decode_responses=True) as client:
        Reading.use_database(RedisDatabase(**server.settings))
        reading = Reading.create(name="speedy", count=5, plain="5", tags=["red", "blue"])
        print(f"{'':18}{'redis-py':>12}{'field':>12}{'ratio':>8}")
        for name, theirs, ours in pairs(reading, client):
            if str(theirs()) != str(ours()) and theirs() != ours():
                print(f"{name}: redis-py reads {theirs()!r}, the field {ours()!r}")
                return 1
            n = options.calls
            rounds = [(timed(theirs, n), timed(ours, n)) for _ in range(options.rounds)]
            shown = [statistics.median(one) * 1e6 for one in zip(*rounds, strict=True)]
            ratio = statistics.median(ours / theirs for theirs, ours in rounds)
            print(f"{name:18}{shown[0]:9.1f} us{shown[1]:9.1f} us{ratio:8.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
