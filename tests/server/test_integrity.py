"""Many processes, killed clients, a killed server: indexes stay equal to the values."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time

import pytest
import redis

from limpyd_ng import fields
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import DoesNotExist, LimpydException, UniquenessError
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from tests.oracle import assert_consistent

PROCESSES = 4
SPAWN = multiprocessing.get_context("spawn")


def make_account(on):
    class Account(RedisModel):
        database = on
        email = fields.InstanceHashField(unique=True)
        name = fields.StringField(indexes=[TextRangeIndex])
        age = fields.InstanceHashField(indexes=[NumberRangeIndex])
        tags = fields.SetField(indexable=True)
        log = fields.ListField(indexable=True)
        folded = fields.StringField(indexes=[TextRangeIndex.configure(transform=fold)])
        hits = fields.StringField()

    return Account


def fold(value):
    return value.casefold()


def work(Account, chance, won=None):
    """One random write, mostly to an object that is there; losing a race is fine."""
    pks = [*Account.collection(), "1"]
    account = Account.lazy_connect(chance.choice(pks))
    value = f"v{chance.randrange(8)}"
    actions = [
        lambda: account.email.hset(value),
        lambda: account.name.set(value),
        lambda: account.age.hincrby(chance.randrange(-3, 4)),
        lambda: account.tags.sadd(value, "x"),
        lambda: account.tags.spop(),
        lambda: account.log.lpush(value),
        lambda: account.log.ltrim(0, 3),
        lambda: account.folded.append(value.upper()),
        lambda: account.hits.incr(),
        lambda: account.update(email=value, name="n", tags=[value], age=1),
        lambda: account.delete(),
        lambda: Account(email=value, name=value, tags=["t", value], age=chance.randrange(9), log=[value]),
        lambda: account.tags.smove(Account.lazy_connect(chance.choice(pks)).tags, value),
    ]
    try:
        chance.choice(actions)()
    except (DoesNotExist, UniquenessError):
        pass


def run_random_writes(settings, seed, count):
    Account = make_account(RedisDatabase(**settings))
    chance = random.Random(seed)
    for _ in range(count):
        work(Account, chance)


def run_until_killed(settings, seed, ready):
    ready.set()
    run_random_writes(settings, seed, 10**9)


def claim_values(settings, number, barrier, queue):
    Account = make_account(RedisDatabase(**settings))
    won = []
    barrier.wait(60)
    for value in range(200):
        try:
            Account(email=f"e{value}", name=str(number))
            won.append(value)
        except UniquenessError:
            pass
    queue.put(won)


def test_four_processes_racing_for_unique_values_have_one_winner_for_each(database, settings, raw):
    barrier, queue = SPAWN.Barrier(PROCESSES), SPAWN.Queue()
    workers = [
        SPAWN.Process(target=claim_values, args=(settings, number, barrier, queue))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    won = [queue.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert sorted(value for each in won for value in each) == list(range(200))
    Account = make_account(database)
    assert len(Account.collection()) == 200
    assert sorted(Account.collection(), key=int) == [str(pk) for pk in range(1, 201)]
    assert_consistent(Account, raw)


def test_four_processes_writing_the_same_objects_leave_indexes_right(database, settings, raw):
    workers = [
        SPAWN.Process(target=run_random_writes, args=(settings, seed, 800)) for seed in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    assert_consistent(make_account(database), raw)


def test_clients_killed_at_random_moments_leave_indexes_right_and_no_orphans(database, settings, raw):
    Account = make_account(database)
    chance = random.Random(3)
    fork = multiprocessing.get_context("fork")
    for seed in range(400):
        if seed >= 40 and int(raw.get("{account}:seq") or 0) > 5:  # a slow machine needs more tries
            break
        ready = fork.Event()
        worker = fork.Process(target=run_until_killed, args=(settings, seed, ready))
        worker.start()
        ready.wait(30)
        time.sleep(chance.random() * 0.06)
        os.kill(worker.pid, signal.SIGKILL)
        worker.join(30)
        assert worker.exitcode == -signal.SIGKILL
        assert_consistent(Account, raw)
    assert int(raw.get("{account}:seq")) > 5


def test_a_server_killed_in_the_middle_of_writes_comes_back_consistent(other_server, tmp_path):
    server = other_server(path=tmp_path / "data", config={"appendfsync": "always"})
    fork = multiprocessing.get_context("fork")
    for seed in range(3):
        worker = fork.Process(target=stop_at_first_error, args=(server.settings, seed))
        worker.start()
        wait_for_writes(server)
        server.kill()
        worker.join(30)
        assert worker.exitcode == 0
        server.start()
        database = RedisDatabase(**server.settings)
        raw = database.connection
        Account = make_account(database)
        assert int(raw.get("{account}:seq")) > 0
        assert_consistent(Account, raw)
        assert Account.check_indexes() == []


def wait_for_writes(server):
    """Until another client has written something since the server was started."""
    with redis.Redis(**server.settings) as client:
        start = client.info("commandstats").get("cmdstat_sadd", {}).get("calls", 0)
        for _ in range(600):
            time.sleep(0.05)
            if client.info("commandstats").get("cmdstat_sadd", {}).get("calls", 0) > start + 5:
                time.sleep(0.05)
                return
    raise AssertionError("the other client wrote nothing")


def stop_at_first_error(settings, seed):
    try:
        run_random_writes(settings, seed, 10**9)
    except LimpydException:
        return
    raise AssertionError("the server was killed and nobody noticed")


def test_indexes_rebuilt_and_cleared_while_others_write_end_right(database, settings, raw):
    Account = make_account(database)
    for number in range(300):
        Account(email=f"start{number}", name=f"n{number}", tags=[f"v{number % 8}"], age=number, folded="AB")
    workers = [SPAWN.Process(target=run_random_writes, args=(settings, seed, 1500)) for seed in range(2)]
    for worker in workers:
        worker.start()
    rounds = 0
    while any(worker.is_alive() for worker in workers):
        Account.get_field("tags").clear_indexes()
        Account.get_field("tags").rebuild_indexes(chunk_size=20)
        Account.rebuild_indexes()
        rounds += 1
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    assert rounds > 0
    Account.rebuild_indexes()
    assert_consistent(Account, raw)


class _Enough(Exception):
    pass


@pytest.mark.parametrize("after", range(1, 8))
def test_a_rebuild_that_is_interrupted_is_simply_run_again(database, raw, after):
    Account = make_account(database)
    for number in range(60):
        Account(
            email=f"e{number}",
            name=f"n{number}",
            tags=["a", f"t{number % 3}"],
            age=number,
            folded=f"F{number}",
        )
    raw.delete("{account}:index:email:equal", "{account}:index:name:text-range")
    raw.sadd("{account}:index:tags:equal:t0", "999", "1000")
    raw.zadd("{account}:index:age:number-range", {"1": 777, "888": 1})
    calls = []

    def stop(done, total):
        calls.append((done, total))
        if len(calls) == after:
            raise _Enough

    with pytest.raises(_Enough):
        Account.repair_indexes(progress=stop, chunk_size=50)
    assert all(0 <= done <= total for done, total in calls)
    assert Account.repair_indexes() == []
    assert_consistent(Account, raw)
