"""Processes that point to what others delete, killed clients: nothing points to what is not there."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time

from limpyd_ng import fields
from limpyd_ng.contrib import related
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import DoesNotExist, RestrictedError, UniquenessError
from tests.oracle import assert_consistent

PROCESSES = 4
SPAWN = multiprocessing.get_context("spawn")


def make_models(on):
    class Person(related.RelatedModel):
        database = on
        name = fields.StringField(indexable=True)
        friends = related.M2MSetField("self", related_name="friend_of")

    class Group(related.RelatedModel):
        database = on
        name = fields.InstanceHashField(indexable=True)
        owner = related.FKInstanceHashField(Person, related_name="owned")
        boss = related.FKStringField(Person, unique=True, on_delete="cascade", related_name="bossed")
        queue = related.M2MListField(Person, related_name="queued")
        ranks = related.M2MSortedSetField(Person, related_name="ranked")

    class Badge(related.RelatedModel):
        database = on
        group = related.FKStringField(Group, on_delete="cascade")
        person = related.FKStringField(Person, on_delete="restrict")

    return Person, Group, Badge


def work(models, chance):
    """One random write; losing a race is fine."""
    Person, Group, Badge = models
    person, other = (Person.lazy_connect(chance.randrange(1, 40)) for _ in range(2))
    group = Group.lazy_connect(chance.randrange(1, 40))
    actions = [
        lambda: Person(name=f"n{chance.randrange(5)}", friends=[person]),
        lambda: Person(name="x"),
        lambda: Group(name="g", owner=person, boss=other, queue=[person, other, person]),
        lambda: Group(name="h"),
        lambda: Badge(group=group, person=person),
        lambda: group.owner.hset(person),
        lambda: group.boss.set(person),
        lambda: group.queue.rpush(person, other),
        lambda: group.ranks.zadd({person: 1, other: 2}),
        lambda: person.friends.sadd(other),
        lambda: Badge.lazy_connect(chance.randrange(1, 40)).delete(),
        lambda: person.delete(),
        lambda: group.delete(),
    ]
    try:
        chance.choice(actions)()
    except (DoesNotExist, RestrictedError, UniquenessError):
        pass


def run_random_writes(settings, seed, count):
    models = make_models(RedisDatabase(**settings))
    chance = random.Random(seed)
    for _ in range(count):
        work(models, chance)


def run_until_killed(settings, seed, ready):
    run_random_writes(settings, seed, 5)
    ready.set()
    run_random_writes(settings, seed + 100, 10**9)


def assert_nothing_points_nowhere(models, raw):
    for model in models:
        assert_consistent(model, raw)
        for relation in model.schema.relations:
            there = raw.smembers(relation.target.keys.pks)
            prefix = f"{model.schema.keys.tag}:index:{relation.field.stored}:equal"
            if relation.field.unique:
                held = set(raw.hkeys(prefix))
            else:
                held = {key.removeprefix(f"{prefix}:") for key in raw.scan_iter(f"{prefix}:*", count=1000)}
            assert held <= there, relation


def test_processes_that_point_and_delete_leave_nothing_pointing_nowhere(database, settings, raw):
    models = make_models(database)
    workers = [
        SPAWN.Process(target=run_random_writes, args=(settings, seed, 800)) for seed in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    assert_nothing_points_nowhere(models, raw)
    assert int(raw.get("{person}:seq")) > 100
    assert int(raw.get("{badge}:seq")) > 10


def test_clients_killed_at_random_moments_leave_nothing_pointing_nowhere(database, settings, raw):
    models = make_models(database)
    chance = random.Random(5)
    fork = multiprocessing.get_context("fork")
    for seed in range(25):
        ready = fork.Event()
        worker = fork.Process(target=run_until_killed, args=(settings, seed, ready))
        worker.start()
        ready.wait(30)
        time.sleep(chance.random() * 0.06)
        os.kill(worker.pid, signal.SIGKILL)
        worker.join(30)
        assert worker.exitcode == -signal.SIGKILL
        assert_nothing_points_nowhere(models, raw)
    assert int(raw.get("{group}:seq")) > 5
