"""One leaflet that crashes, hangs or eats memory is named; all others are made."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pressroom import press
from pressroom.model import Verdict
from pressroom.plan import Wanted
from pressroom.press import Job, Press, Printed, executor

from .conftest import Inline
from .support import ROOT, say_half, until


def job(name: str, seconds: int = 60, megabytes: int = 4096) -> Job:
    wanted = Wanted(name, "en", "standard", "draft", {}, "")
    nothing: Any = None
    return Job(wanted, nothing, page(name), nothing, "", seconds, megabytes)


def page(name: str) -> str:
    """Give HTML that says what to do; like a leaflet's, it is more than a pipe holds."""
    return name.ljust(100_000)


PRINTED = Printed(b"%PDF", Verdict(1, (), ()), 12.0)


class Proof:
    def __init__(self, name: str) -> None:
        self.pdf = name.encode()
        self.type_size_pt = 12.0


class Misbehaving:
    """A typesetter that does what its HTML says."""

    def typeset(self, html: str, _setting: object) -> Proof:
        html = html.rstrip()
        if html == "crash":
            faulthandler.disable()  # it is to crash silently, as it does for people
            os.kill(os.getpid(), signal.SIGSEGV)
        if html == "exit":
            os._exit(3)
        if html == "half":
            say_half(signal.SIGKILL)
        if html == "hang":
            time.sleep(60)
        if html == "memory":
            hoard = [bytearray(64 << 20) for _ in range(4096)]
            assert not hoard
        if html == "memory in C":
            raise SystemError("<built-in> returned NULL without setting an exception")
        if html == "nested":
            return self.typeset(html, _setting)
        if html == "bug":
            raise ZeroDivisionError
        return Proof(html)


@pytest.fixture(autouse=True)
def _misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are forked, so they have what this process has."""
    monkeypatch.setattr(press, "_typesetter", Misbehaving)
    monkeypatch.setattr("pressroom.preflight.examine", lambda *_: Verdict(1, (), ()))
    monkeypatch.setattr("pressroom.preflight.thumbnail.thumbnail", lambda _: b"")


def run(
    jobs: list[Job], workers: int, make: Callable[[int], Executor] | None = None
) -> Iterator[tuple[Job, Printed]]:
    with Press(workers, make) as press:
        yield from press.run(jobs)


def outcome(jobs: list[Job], workers: int = 2) -> dict[str, str]:
    """Give for each job the code of what went wrong with it, or its PDF."""
    found = {}
    for one, printed in run(jobs, workers):
        codes = [finding.code for finding in printed.verdict.findings]
        assert one.wanted.topic not in found
        found[one.wanted.topic] = codes[0] if codes else printed.pdf.decode()
    return found


def test_jobs_are_done() -> None:
    names = [f"job-{number}" for number in range(7)]
    assert outcome([job(name) for name in names]) == {name: name for name in names}
    assert outcome([]) == {}


@pytest.mark.parametrize("kind", ["crash", "exit"])
def test_a_crash_is_named_and_all_others_are_made(kind: str) -> None:
    names = ["a", kind, "b", "c", "d"]
    assert outcome([job(name) for name in names]) == {
        "a": "a", kind: "render-crash", "b": "b", "c": "c", "d": "d",
    }  # fmt: skip


def test_two_crashes_are_both_named() -> None:
    assert outcome([job("crash"), job("a"), job("exit")]) == {
        "crash": "render-crash", "a": "a", "exit": "render-crash",
    }  # fmt: skip


def test_several_killers_among_many_are_named_and_cost_few_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []

    def make(workers: int) -> Executor:
        made.append(workers)
        return executor(workers)

    monkeypatch.setattr(press, "executor", make)
    names = [f"leaflet-{number}" for number in range(200)]
    for at in (0, 7, 8, 90, 199):
        names.insert(at, f"crash {at}")
    jobs = [
        replace(job(name), html=page("crash")) if name.startswith("crash") else job(name)
        for name in names
    ]
    found = outcome(jobs)
    assert found == {name: "render-crash" if name.startswith("crash") else name for name in names}
    # One that is kept for the suspects until each killer ends it, and a pool for each that died.
    assert made.count(1) <= 6
    assert made.count(2) <= 6


def test_a_pool_that_was_ended_has_no_thread_left_to_end() -> None:
    """Python's own, when it ends, would wake one that is ending: a traceback, now and then."""
    pool = executor(2)
    pool.submit(time.sleep, 300)
    keeper = pool._executor_manager_thread  # type: ignore[attr-defined]
    assert keeper.is_alive()
    press.kill(pool)
    assert not keeper.is_alive()


def test_a_pool_whose_worker_was_cut_short_can_be_ended() -> None:
    pool = executor(1)
    future = pool.submit(say_half)
    until(future.running)
    keeper = pool._executor_manager_thread  # type: ignore[attr-defined]
    reader = pool._result_queue._reader  # type: ignore[attr-defined]
    # Its own thread has taken what there is, and waits for more.
    until(lambda: not reader.poll() and _waits_for_more(keeper))
    press.kill(pool)
    assert not keeper.is_alive()


def _waits_for_more(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    names = set()
    while frame is not None:
        names.add(frame.f_code.co_name)
        frame = frame.f_back
    return "recv" in names


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_is_killed_as_it_says_its_result_is_noticed(workers: int) -> None:
    """As by a machine that runs out of memory."""
    names = ["a", "half", "b", "c", "d"]
    assert outcome([job(name) for name in names], workers) == {
        "a": "a", "half": "render-crash", "b": "b", "c": "c", "d": "d",
    }  # fmt: skip


def test_workers_that_are_killed_while_they_wait_are_replaced() -> None:
    with Press(2) as kept:
        assert [one.wanted.topic for one, _ in kept.run([job("a")])] == ["a"]
        pool: Any = kept._pool
        for process in list(pool._processes.values()):
            process.kill()
            process.join()
        done = {one.wanted.topic: printed.pdf for one, printed in kept.run([job("b"), job("c")])}
    assert done == {"b": b"b", "c": b"c"}


def test_a_leaflet_that_hangs_is_given_up() -> None:
    assert outcome([job("hang", seconds=1), job("a")]) == {"hang": "render-timeout", "a": "a"}


def test_a_leaflet_that_eats_memory_is_given_up() -> None:
    assert outcome([job("memory", megabytes=1024), job("a")]) == {
        "memory": "render-crash", "a": "a",
    }  # fmt: skip


def test_a_leaflet_that_nests_too_deeply_is_given_up() -> None:
    ((_, printed),) = run([job("nested")], 1)
    (finding,) = printed.verdict.findings
    assert (finding.code, finding.severity) == ("render-crash", "error")
    assert finding.message == "blocks are nested too deeply; flatten them"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hang", "took longer than 1 seconds; simplify the topic, or raise limits.seconds in"),
        ("memory", "took more than 1024 MB; simplify the topic, or raise limits.megabytes in"),
        ("memory in C", "took more than 1024 MB; simplify the topic, or raise limits.megabytes in"),
        ("crash", "the typesetter crashed on this leaflet; simplify the topic"),
    ],
)
def test_the_message_says_the_next_step(name: str, message: str) -> None:
    ((_, printed),) = run([job(name, 1 if name == "hang" else 60, megabytes=1024)], 1)
    (finding,) = printed.verdict.findings
    assert message in finding.message
    assert finding.severity == "error"
    assert printed.verdict.failed
    assert printed.pdf == b""


def test_our_own_bug_is_a_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        outcome([job("a"), job("bug")])


@pytest.mark.parametrize("make", [lambda _: Inline(), lambda n: ThreadPoolExecutor(n)])
def test_any_executor_will_do(monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    monkeypatch.setattr(press, "set_and_judge", lambda _: PRINTED)
    done = {one.wanted.topic: printed for one, printed in run([job("a"), job("b")], 2, make)}
    assert done == {"a": PRINTED, "b": PRINTED}


def test_limits_hold_for_one_leaflet_only() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.getsignal(signal.SIGALRM)
    pool = executor(1)
    try:
        assert pool.submit(press.set_and_judge, job("hang", seconds=1)).result().pdf == b""
        assert pool.submit(resource.getrlimit, resource.RLIMIT_AS).result() == before
        assert pool.submit(signal.getitimer, signal.ITIMER_REAL).result() == (0.0, 0.0)
        assert pool.submit(press.set_and_judge, job("a")).result().pdf == b"a"
    finally:
        pool.shutdown()
    assert signal.getsignal(signal.SIGALRM) is handler


def test_an_interrupt_ends_the_workers_at_once() -> None:
    jobs = [job("a"), job("hang", seconds=60), job("hang", seconds=60)]
    with Press(3) as kept:
        done = kept.run(jobs)
        assert next(done)[1].pdf == b"a"
        workers = list(kept._pool._processes.values())  # type: ignore[union-attr]
        with pytest.raises(KeyboardInterrupt):
            done.throw(KeyboardInterrupt)
    # The pool's own thread waits for them, too: who comes second knows no code for a moment.
    until(lambda: None not in {worker.exitcode for worker in workers})
    assert {worker.exitcode for worker in workers} == {-signal.SIGKILL}


def test_workers_stay_from_run_to_run_and_jobs_are_asked_for_as_they_come_free() -> None:
    asked = []

    def jobs(names: str) -> Iterator[Job]:
        for name in names:
            asked.append(name)
            yield job(name)

    with Press(1) as press:
        done = press.run(jobs("abcdefghij"))
        next(done)
        assert len(asked) < 10
        assert len(list(done)) == 9
        pool = press._pool
        assert [one.wanted.topic for one, _ in press.run(jobs("k"))] == ["k"]
        assert press._pool is pool
    assert press._pool is None


ORPHANS = """
import os, sys, time
from pressroom.press import executor
pool = executor(2)
print(*{job.result() for job in [pool.submit(os.getpid) for _ in range(20)]}, flush=True)
print(*[process.pid for process in pool._processes.values()], flush=True)
time.sleep(60)
"""


def test_workers_that_did_much_are_replaced_and_no_job_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Executor] = []

    def make(workers: int) -> Executor:
        made.append(executor(workers))
        return made[-1]

    monkeypatch.setattr(press, "executor", make)
    monkeypatch.setattr(press, "RENEW_AFTER", 3)
    with Press(2) as kept:
        names = [f"leaflet {n}" for n in range(15)]
        done = [one.wanted.topic for one, _ in kept.run(job(name) for name in names)]
        assert sorted(done) == sorted(names)
        # Fifteen jobs, a few ahead of what two workers may do: six, and up to eight that wait.
        assert len(made) == 2
        assert [one.wanted.topic for one, _ in kept.run([job("late")])] == ["late"]


def test_workers_end_where_their_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(workers) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(_runs(pid) for pid in workers))


def _runs(pid: int) -> bool:
    """Tell whether a process runs; one that has ended may wait for whoever collects it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
