"""Outages, lost answers and damage, as the calls of one process see them."""

from __future__ import annotations

import errno
import math
import sqlite3
from types import SimpleNamespace

import pytest
import redis

from jobs import link as module
from jobs.key_value import Space
from jobs.link import DamagedError, Link, Patience
from sunspot_dash.errors import QueueUnavailableError, WorkspaceError

REFUSED = redis.ConnectionError("Connection refused")


def sqlite_error(text: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


AWAY = [
    REFUSED,
    redis.TimeoutError("Timeout reading from socket"),
    redis.BusyLoadingError("Redis is loading the dataset in memory"),
    redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
    sqlite_error("database is locked", sqlite3.SQLITE_BUSY),
    sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR),
    sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR | 4 << 8),
    sqlite_error("attempt to write a readonly database", sqlite3.SQLITE_READONLY),
    sqlite_error("unable to open database file", sqlite3.SQLITE_CANTOPEN),
    OSError(errno.EROFS, "Read-only file system"),
]


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """The clock of the patience, which a pause moves."""
    clock = SimpleNamespace(now=1000.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
    return clock


class Failing:
    """A call that fails some times with an error and then returns 7."""

    def __init__(self, error: Exception, times: float) -> None:
        self.error, self.left, self.calls = error, times, 0

    def __call__(self) -> int:
        self.calls += 1
        if self.left > 0:
            self.left -= 1
            raise self.error
        return 7


@pytest.mark.parametrize("error", AWAY, ids=str)
def test_a_call_waits_for_the_end_of_an_outage_and_says_so_once(clock, error):
    lines: list[str] = []
    link = Link("Redis at host", Patience(60, lines.append))
    assert link.call(Failing(error, 5)) == 7
    assert lines[0].startswith("the queue (Redis at host) cannot be reached, retrying (")
    assert lines[1:] == ["the queue answers again"]
    assert link.call(Failing(error, 0)) == 7 and len(lines) == 2


@pytest.mark.parametrize("error", AWAY, ids=str)
def test_a_call_gives_up_when_the_patience_of_the_outage_is_over(clock, error):
    link = Link("Redis at host", Patience(60))
    with pytest.raises(QueueUnavailableError, match=r"\(Redis at host\) cannot be reached"):
        link.call(Failing(error, math.inf))
    assert 1060 <= clock.now < 1066
    again = Failing(error, math.inf)
    with pytest.raises(QueueUnavailableError):
        link.call(again)
    assert again.calls == 1, "the outage began with the earlier call"
    assert link.call(Failing(error, 0)) == 7
    assert link.call(Failing(error, 3)) == 7, "the next outage has its own patience"


def test_without_patience_the_first_failure_is_an_error(clock):
    call = Failing(REFUSED, 1)
    with pytest.raises(QueueUnavailableError):
        Link("queue").call(call)
    assert call.calls == 1


def test_a_process_that_should_stop_does_not_wait(clock):
    link = Link("queue", Patience(math.inf, should_stop=lambda: clock.now > 1003))
    with pytest.raises(QueueUnavailableError):
        link.call(Failing(REFUSED, math.inf))
    assert clock.now < 1004


@pytest.mark.parametrize(
    "error",
    [sqlite_error("database or disk is full", sqlite3.SQLITE_FULL), OSError(errno.ENOSPC, "No space left")],
    ids=str,
)
def test_a_full_disk_is_an_error_at_once(clock, error):
    with pytest.raises(WorkspaceError, match="the disk is full: nothing was changed; free some space"):
        Link("queue", Patience(60)).call(Failing(error, 1))


@pytest.mark.parametrize(
    "error",
    [sqlite3.DatabaseError("file is not a database"), sqlite3.OperationalError("no such table: kv")],
    ids=str,
)
def test_a_damaged_storage_is_repaired_once_and_the_call_repeated(clock, error):
    repaired: list[str] = []
    link = Link("queue", repair=lambda damage: repaired.append(str(damage)))
    assert link.call(Failing(error, 1)) == 7
    assert repaired == [f"the queue's file is damaged ({error})"]
    with pytest.raises(DamagedError):
        link.call(Failing(error, 2))


class Forgetful:
    """A storage that answers some calls only after the change was made and the connection was lost."""

    def __init__(self, real, lost: int) -> None:
        self._real, self._lost = real, lost

    def __getattr__(self, name):
        def call(*arguments):
            answer = getattr(self._real, name)(*arguments)
            if self._lost:
                self._lost -= 1
                raise REFUSED
            return answer

        return call


def test_a_change_whose_answer_was_lost_counts_as_made(ledger, clock):
    real = ledger.queue.space("other")._storage()

    def space(lost: int) -> Space:
        storage = Forgetful(real, lost)
        return Space(Link("queue", Patience(60)), lambda: storage)

    assert space(1).add("a", b"mine") is True
    assert space(1).add("a", b"theirs") is False and real.peek_data("a") == b"mine"
    assert space(1).swap("a", b"mine", b"next") is True and real.peek_data("a") == b"next"
    assert space(1).swap("a", b"mine", b"late") is False and real.peek_data("a") == b"next"
    assert space(0).swap("a", b"mine", b"next") is False, "made by another, and no answer was lost"
