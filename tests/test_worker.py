"""One worker is kept, and replaced where it died or has done much."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor

import pytest

from pressroom import worker
from pressroom.worker import Worker

from .support import say_half


@pytest.fixture
def kept() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.kill()


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def test_it_stays_until_it_has_done_much(kept: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEW_AFTER", 3)
    # Given at once, as the desk does: what the first one has not done yet is not lost.
    numbers = [future.result() for future in [kept.submit(os.getpid) for _ in range(7)]]
    assert [len(set(numbers[at : at + 3])) for at in (0, 3, 6)] == [1, 1, 1]
    assert len(set(numbers)) == 3


def test_one_that_dies_is_replaced(kept: Worker) -> None:
    first = kept.submit(os.getpid).result()
    with pytest.raises(BrokenExecutor):
        kept.submit(die, signal.SIGKILL).result()
    second = kept.submit(os.getpid).result()
    assert second not in (first, os.getpid())
    assert kept.submit(os.getpid).result() == second


def test_one_that_is_killed_as_it_says_its_result_is_noticed(kept: Worker) -> None:
    with pytest.raises(BrokenExecutor):
        kept.result(kept.submit(say_half, signal.SIGKILL))
    assert kept.result(kept.submit(os.getpid)) != os.getpid()
