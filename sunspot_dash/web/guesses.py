"""Slow down guessing of the password, for each address and in total, over all processes of the server.

Each address may be wrong a few times at once and then once per interval (the generic cell rate algorithm, ITU-T
I.371: one time per limit says when it is free again). Beyond the total limit, addresses that have given the right
password before are admitted as ever, and every other address gets a turn of its own, so that guesses from many
addresses keep nobody out for long.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from typing import TypeVar

from sunspot_dash.web.front import parse_address

MOST_ROWS = 1000  # addresses that are remembered, of either kind
TURN_SECONDS = 60.0  # how long a turn stays open
RENEW_SECONDS = 3600.0  # how often a right password is recorded again
CLOCK_SECONDS = 600.0  # times further ahead come from a clock that was set back
TABLES = """
create table guess (address text primary key, at real, free_at real, turn real) without rowid;
create table known (address text primary key, at real) without rowid;
create table total (free_at real, last_turn real);
insert into total values (0, 0);
"""
T = TypeVar("T")


@dataclass(frozen=True)
class Rate:
    """Number of wrong passwords that are answered at once, and seconds until one more is."""

    at_once: int
    seconds: float

    def wait(self, free_at: float, now: float) -> float:
        """Return the seconds until the next password is checked."""
        return max(0.0, min(free_at - now, CLOCK_SECONDS) - (self.at_once - 1) * self.seconds)


PER_ADDRESS = Rate(10, 6.0)
IN_TOTAL = Rate(50, 0.2)


class Guesses:
    """Record of wrong passwords in a small file that all processes of the server share."""

    def __init__(self, path: Path, per_address: Rate = PER_ADDRESS, in_total: Rate = IN_TOTAL) -> None:
        self._path, self._per_address, self._in_total = path, per_address, in_total
        self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._memory.executescript(TABLES)
        self._lock = threading.Lock()
        self._threads = threading.local()  # holds a connection for each thread
        self._recorded: dict[str, float] = {}

    def seconds_to_wait(self, client: str, now: float) -> int:
        """Return the seconds until a password from this address is checked, 0 if it is checked now."""
        address = network_of(client)

        def look(database: sqlite3.Connection) -> float:
            row = _row(database, address)
            own = self._per_address.wait(row[0], now)
            (total,) = database.execute("select free_at from total").fetchone()
            if own or not self._in_total.wait(total, now):
                return own
            if database.execute("select 1 from known where address = ?", [address]).fetchone():
                return 0.0
            return self._turn(database, address, row, now)

        return math.ceil(self._with_file(look))

    def wrong(self, client: str, now: float) -> None:
        """Record a wrong password."""
        address = network_of(client)

        def record(database: sqlite3.Connection) -> None:
            free_at = max(now, min(_row(database, address)[0], now + CLOCK_SECONDS))
            _put(database, "guess", address, now, free_at + self._per_address.seconds, 0.0)
            (total,) = database.execute("select free_at from total").fetchone()
            total = max(now, min(total, now + CLOCK_SECONDS)) + self._in_total.seconds
            database.execute("update total set free_at = ?", [total])

        self._with_file(record)

    def right(self, client: str, now: float) -> None:
        """Record a right password, once an hour for each address."""
        address = network_of(client)
        if abs(now - self._recorded.get(address, -RENEW_SECONDS)) < RENEW_SECONDS:
            return
        if len(self._recorded) >= MOST_ROWS:
            self._recorded.clear()
        self._recorded[address] = now
        self._with_file(lambda database: _put(database, "known", address, now))

    def _turn(
        self, database: sqlite3.Connection, address: str, row: tuple[float, float], now: float
    ) -> float:
        """Return the seconds until the turn of an address; it gets one if it has none."""
        free_at, turn = row
        longest = MOST_ROWS * self._in_total.seconds
        if now - TURN_SECONDS < turn <= now + longest:
            return max(0.0, turn - now)
        (last,) = database.execute("select last_turn from total").fetchone()
        turn = min(max(now, last) + self._in_total.seconds, now + longest)
        database.execute("update total set last_turn = ?", [turn])
        _put(database, "guess", address, now, free_at, turn)
        return turn - now

    def _with_file(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Work on the file in one transaction; in memory while the file cannot be used, as on a full disk."""
        try:
            if getattr(self._threads, "database", None) is None:
                self._threads.database = self._open()
            with self._threads.database as database:
                return work(database)
        except (sqlite3.Error, OSError):
            self._threads.database = None
            with self._lock:
                return work(self._memory)

    def _open(self) -> sqlite3.Connection:
        if not self._path.exists():
            self._path.touch(mode=0o600)  # it names the addresses of people
        database = sqlite3.connect(self._path, timeout=5)
        database.execute("pragma synchronous = off")  # after a crash of the machine it may start again
        if not database.execute("select 1 from sqlite_master where name = 'total'").fetchone():
            with database:
                database.execute("begin immediate")
                if not database.execute("select 1 from sqlite_master where name = 'total'").fetchone():
                    for statement in TABLES.split(";"):
                        database.execute(statement)
        return database


def _row(database: sqlite3.Connection, address: str) -> tuple[float, float]:
    """Return when an address is free, and its turn."""
    found = database.execute("select free_at, turn from guess where address = ?", [address]).fetchone()
    return found or (0.0, 0.0)


def _put(database: sqlite3.Connection, table: str, address: str, at: float, *more: float) -> None:
    """Write the row of an address, and forget the oldest rows."""
    values = (address, at, *more)
    database.execute(f"insert or replace into {table} values ({', '.join('?' * len(values))})", values)
    database.execute(
        f"delete from {table} where address not in (select address from {table} order by at desc limit ?)",
        [MOST_ROWS],
    )


def network_of(client: str) -> str:
    """Return the address, or the network of an IPv6 client: whoever has one IPv6 address has 2^64 of them."""
    found = parse_address(client)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return str(found or client)
