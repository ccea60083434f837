"""Guessing of the password is slowed, and keeps out nobody else."""

from __future__ import annotations

import sqlite3
import stat

import pytest

from sunspot_dash.web.guesses import IN_TOTAL, MOST_ROWS, PER_ADDRESS, Guesses, network_of

NOON = 1_800_000_000.0


@pytest.fixture
def guesses(tmp_path) -> Guesses:
    return Guesses(tmp_path / "guesses.sqlite")


def guess(guesses: Guesses, client: str, now: float) -> bool:
    """Give a wrong password; return whether it was checked."""
    checked = guesses.seconds_to_wait(client, now) == 0
    if checked:
        guesses.wrong(client, now)
    return checked


def test_one_address_is_checked_a_few_times_and_then_once_per_interval(guesses):
    at_once = sum(guess(guesses, "192.0.2.1", NOON) for _ in range(500))
    assert at_once == PER_ADDRESS.at_once
    assert 0 < guesses.seconds_to_wait("192.0.2.1", NOON) <= PER_ADDRESS.seconds
    seconds = 600
    later = sum(guess(guesses, "192.0.2.1", NOON + number / 2) for number in range(2 * seconds))
    assert later == pytest.approx(seconds / PER_ADDRESS.seconds, abs=1)
    assert guesses.seconds_to_wait("192.0.2.2", NOON + seconds) == 0  # another address does not notice
    assert guesses.seconds_to_wait("192.0.2.1", NOON + seconds + 7200) == 0


def test_the_address_of_a_guess_is_a_network_in_ipv6():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("") == ""


def test_many_addresses_together_are_slowed_and_let_others_in(guesses):
    guesses.right("198.51.100.1", NOON)
    attackers = [f"10.0.{number // 250}.{number % 250}" for number in range(300)]
    checked, waited, admitted = 0, None, False
    for step in range(120):  # every second, forty of the attackers try
        now = NOON + step
        checked += sum(
            guess(guesses, attackers[number % 300], now) for number in range(step * 40, step * 40 + 40)
        )
        assert guesses.seconds_to_wait("198.51.100.1", now) == 0  # was right before
        wait = guesses.seconds_to_wait("198.51.100.2", now)  # new; it returns when it was asked to
        waited = waited or (step > 20 and wait) or None
        admitted = admitted or (waited is not None and wait == 0)
    assert checked <= 1.1 * (IN_TOTAL.at_once + 120 / IN_TOTAL.seconds)
    assert admitted and 0 < waited <= MOST_ROWS * IN_TOTAL.seconds


def test_all_processes_share_the_record_and_it_stays_small(tmp_path, monkeypatch):
    monkeypatch.setattr("sunspot_dash.web.guesses.MOST_ROWS", most := 100)
    first, second = (Guesses(tmp_path / "guesses.sqlite") for _ in range(2))
    assert sum(guess(one, "192.0.2.1", NOON) for one in (first, second) * 20) == PER_ADDRESS.at_once
    for number in range(most + 50):
        first.wrong(f"10.1.{number // 250}.{number % 250}", NOON + number)
        first.right(f"10.2.{number // 250}.{number % 250}", NOON + number)
    with sqlite3.connect(tmp_path / "guesses.sqlite") as database:
        rows = [
            database.execute(f"select count(*) from {table}").fetchone()[0] for table in ("guess", "known")
        ]
    assert rows == [most, most] and len(first._recorded) <= most
    assert stat.S_IMODE((tmp_path / "guesses.sqlite").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_used_and_a_clock_set_back_open_nothing_and_lock_nobody_out(tmp_path):
    (tmp_path / "guesses.sqlite").write_bytes(b"not a database" * 100)
    guesses = Guesses(tmp_path / "guesses.sqlite")
    assert sum(guess(guesses, "192.0.2.1", NOON) for _ in range(50)) == PER_ADDRESS.at_once
    clock = Guesses(tmp_path / "other.sqlite")
    assert sum(guess(clock, "192.0.2.1", NOON) for _ in range(50)) == PER_ADDRESS.at_once
    assert clock.seconds_to_wait("192.0.2.1", NOON - 10**6) <= 600
