"""The contract of both storages, and faults of the local one."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from jobs.engine import Queue
from jobs.link import DamagedError
from jobs.storage import begin_file
from sunspot_dash.errors import ParameterError, QueueError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace


@pytest.fixture
def queue(space, settings) -> Queue:
    return Queue(space, settings)


def test_values_are_read_back_and_spaces_are_separate(queue):
    one, other = queue.space("one"), queue.space("other")
    assert one.get("a") is None
    one.put("a", b"1")
    one.put("b", b"2")
    assert one.get("a") == b"1" and other.get("a") is None
    assert one.many(["a", "b", "c"]) == {"a": b"1", "b": b"2"} == one.items()
    assert one.many([]) == {}
    one.delete("a")
    one.delete("a")
    assert one.items() == {"b": b"2"}
    one.clear()
    assert one.items() == {}


def test_more_keys_than_fit_in_a_statement(queue):
    space = queue.space("many")
    for number in range(1200):
        space.put(str(number), b"x")
    assert len(space.many([str(number) for number in range(1200)])) == 1200


def test_only_the_first_add_or_swap_succeeds(queue):
    space = queue.space("one")
    assert space.add("a", b"1") and not space.add("a", b"2") and space.get("a") == b"1"
    assert space.swap("a", b"1", b"3") and not space.swap("a", b"1", b"4") and space.get("a") == b"3"
    assert not space.swap("missing", b"", b"5") and space.get("missing") is None


def test_a_counter_counts_each_call_once_from_many_threads(queue):
    spaces = [queue.space("one") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda index: spaces[index % 4].count("n"), range(100)))
    assert sorted(numbers) == list(range(1, 101))
    assert spaces[0].count("n", 5) == 105


def test_a_swap_loop_from_many_threads_loses_nothing(queue):
    space = queue.space("one")
    space.put("sum", b"0")

    def add(_: int) -> None:
        while True:
            value = space.get("sum")
            if space.swap("sum", value, str(int(value) + 1).encode()):
                return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(60)))
    assert space.get("sum") == b"60"


def test_messages_arrive_once_and_in_order(queue, space, settings):
    for number in (3, 1, 2):
        queue.send(number)
    other = Queue(space, settings)
    assert [other.receive() for _ in range(3)] == [3, 1, 2]
    assert queue.receive() is None


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_message_with_another_signature_is_dropped(queue, space, settings):
    secret = (space.queue / "secret").read_bytes()
    (space.queue / "secret").write_bytes(secret[::-1])
    Queue(space, settings).send(5)
    queue.send(7)
    assert queue.receive() is None
    assert queue.receive() == 7


def test_an_unsigned_message_on_redis_is_dropped(space, redis_url):
    storage = redis.from_url(redis_url)
    before = set(storage.keys())
    queue = Queue(space, QueueSettings(queue=redis_url))
    queue.send(7)
    (messages,) = set(storage.keys()) - before
    storage.lpush(messages, b"gASVEAAAAAAAAAA:0000")
    assert queue.receive() == 7
    queue.send(8)
    assert queue.receive() is None
    assert queue.receive() == 8


def test_workspaces_are_separate_even_on_one_redis(queue, tmp_path, settings):
    other = Queue(Workspace(tmp_path / "other").create(), settings)
    queue.send(1)
    queue.space("one").put("a", b"1")
    assert other.receive() is None and other.space("one").get("a") is None


def test_the_secret_is_private_and_created_once(space):
    Queue(space, QueueSettings(queue=""))
    path = space.queue / "secret"
    before = path.read_bytes()
    Queue(space, QueueSettings(queue=""))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.read_bytes() == before and len(before) == 64


def test_a_storage_switches_to_the_file_that_replaces_its_own(space):
    queue = Queue(space, QueueSettings(queue=""))
    old = queue.space("one")
    old.put("a", b"1")
    assert begin_file(space.queue) == 2
    assert old.get("a") is None
    old.put("a", b"2")
    assert queue.space("one").get("a") == b"2"
    assert (space.queue / "queue-1.sqlite").exists()


@pytest.mark.parametrize(
    "damage", [b"no database at all, but long enough to be read as one" * 200, b"\x00" * 9000]
)
def test_a_damaged_file_is_reported(space, damage):
    Queue(space, QueueSettings(queue=""))
    for path in space.queue.glob("queue-1.sqlite*"):
        path.unlink()
    (space.queue / "queue-1.sqlite").write_bytes(damage)
    with pytest.raises(DamagedError, match="is damaged"):
        Queue(space, QueueSettings(queue="")).space("one").check()


def test_a_redis_that_does_not_answer_is_a_clear_error(space):
    with pytest.raises(QueueError, match="cannot be reached"):
        Queue(space, QueueSettings(queue="redis://127.0.0.1:1/0")).space("one").get("a")


def test_an_address_of_another_kind_is_rejected(space):
    with pytest.raises(ParameterError, match="use redis://HOST"):
        Queue(space, QueueSettings(queue="http://127.0.0.1"))
