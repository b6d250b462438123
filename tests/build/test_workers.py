"""One leaflet that crashes, hangs, stops or eats memory is named; all others are made."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pressroom.build import render, workers
from pressroom.build.render import Job, RenderResult
from pressroom.build.workers import WorkerDiedError, WorkerPool, WorkError
from pressroom.core import limits
from pressroom.core.model import Verdict
from pressroom.core.published import Wanted

from ..support import ROOT, say_half, until


def job(name: str, seconds: int = 60, megabytes: int = 4096) -> Job:
    wanted = Wanted(name, "en", "standard", "draft", {}, "")
    nothing: Any = None
    # Like a leaflet's, its HTML is more than a pipe holds.
    return Job(wanted, nothing, name.ljust(100_000), nothing, "", seconds, megabytes)


class Proof:
    def __init__(self, name: str) -> None:
        self.pdf = name.encode()
        self.type_size_pt = 12.0


class Misbehaving:
    """A typesetter that does what the first words of its HTML say."""

    def typeset(self, html: str, _setting: object) -> Proof:
        html = html.rstrip()
        said = html.partition(" #")[0]
        if said == "crash":
            faulthandler.disable()  # it is to crash silently, as it does for people
            os.kill(os.getpid(), signal.SIGSEGV)
        if said == "exit":
            os._exit(3)
        if said == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if said == "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)
        if said == "killed in the middle of its result":
            say_half(signal.SIGKILL)
        if said == "stopped in the middle of its result":
            say_half(signal.SIGSTOP)
        if said.startswith("killed where there is no "):
            mark = Path(said.removeprefix("killed where there is no "))
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if said == "hang":
            time.sleep(60)
        if said == "hang in C":
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            time.sleep(60)
        if said == "memory":
            hoard = [bytearray(64 << 20) for _ in range(4096)]
            assert not hoard
        if said == "memory in C":
            raise SystemError("<built-in> returned NULL without setting an exception")
        if said == "nested":
            return self.typeset(html, _setting)
        if said == "bug":
            raise ZeroDivisionError
        return Proof("x" * 5_000_000 if said == "large" else html)


@pytest.fixture(autouse=True)
def _misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are forked, so they have what this process has."""
    monkeypatch.setattr(render, "_typesetter", Misbehaving)
    monkeypatch.setattr("pressroom.preflight.examine.examine", lambda *_: Verdict(1, (), ()))
    monkeypatch.setattr("pressroom.preflight.pdf.raster.thumbnail", lambda _: b"")


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up soon."""
    monkeypatch.setattr(limits, "GRACE", 1)
    monkeypatch.setattr(workers, "LATE", 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """List the workers that are started."""
    made: list[object] = []

    class Noted(workers._Worker):
        def __init__(self, method: workers.Method) -> None:
            super().__init__(method)
            made.append(self)

    monkeypatch.setattr(workers, "_Worker", Noted)
    return made


def run(jobs: list[Job], size: int) -> Iterator[tuple[Job, RenderResult]]:
    with WorkerPool(size) as pool:
        yield from pool.run(jobs)


def outcome(jobs: list[Job], size: int = 2) -> dict[str, str]:
    """Return for each job the code of what went wrong with it, or its PDF."""
    found = {}
    for one, result in run(jobs, size):
        codes = [finding.code for finding in result.verdict.findings]
        assert one.wanted.topic not in found
        found[one.wanted.topic] = codes[0] if codes else result.pdf.decode()
    return found


def test_jobs_are_done() -> None:
    names = [f"job-{number}" for number in range(7)]
    assert outcome([job(name) for name in names]) == {name: name for name in names}
    assert outcome([]) == {}


def test_a_result_may_be_larger_than_a_pipe() -> None:
    names = ["large #1", "a", "large #2"]
    found = outcome([job(name) for name in names])
    assert {name: len(pdf) for name, pdf in found.items()} == {
        "large #1": 5_000_000, "a": 1, "large #2": 5_000_000,
    }  # fmt: skip


# One is lost, all others are made


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("kind", ["crash", "exit", "killed", "killed in the middle of its result"])
def test_a_worker_that_dies_costs_its_own_leaflet(kind: str, size: int) -> None:
    names = ["a", kind, "b", "c", "d"]
    assert outcome([job(name) for name in names], size) == {
        "a": "a", kind: "render-crash", "b": "b", "c": "c", "d": "d",
    }  # fmt: skip


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("kind", ["stopped", "stopped in the middle of its result"])
def test_a_worker_that_is_stopped_costs_its_own_leaflet(kind: str, size: int) -> None:
    names = ["a", kind, "b", "c", "d"]
    assert outcome([job(name, seconds=1) for name in names], size) == {
        "a": "a", kind: "render-timeout", "b": "b", "c": "c", "d": "d",
    }  # fmt: skip


@pytest.mark.usefixtures("_impatient")
def test_a_worker_that_is_stopped_while_it_waits_costs_the_next_leaflet() -> None:
    with WorkerPool(1) as pool:
        assert [one.wanted.topic for one, _ in pool.run([job("a")])] == ["a"]
        os.kill(pool.workers[0].process.pid, signal.SIGSTOP)
        jobs = [job(name, seconds=1) for name in "bcd"]
        found = {one.wanted.topic: result.pdf for one, result in pool.run(jobs)}
    assert found == {"b": b"", "c": b"c", "d": b"d"}


def test_a_leaflet_that_hangs_is_given_up() -> None:
    assert outcome([job("hang", seconds=1), job("a")]) == {"hang": "render-timeout", "a": "a"}


@pytest.mark.usefixtures("_impatient")
def test_a_leaflet_that_hangs_where_no_exception_reaches_it_is_given_up() -> None:
    names = ["a", "hang in C", "b"]
    assert outcome([job(name, seconds=1) for name in names]) == {
        "a": "a", "hang in C": "render-crash", "b": "b",
    }  # fmt: skip


def test_a_leaflet_that_eats_memory_is_given_up() -> None:
    names = ["a", "memory", "b", "c"]
    assert outcome([job(name, megabytes=1024) for name in names]) == {
        "a": "a", "memory": "render-crash", "b": "b", "c": "c",
    }  # fmt: skip


def test_a_leaflet_that_nests_too_deeply_is_given_up() -> None:
    ((_, result),) = run([job("nested")], 1)
    (finding,) = result.verdict.findings
    assert (finding.code, finding.severity) == ("render-crash", "error")
    assert finding.message == "blocks are nested too deeply; flatten them"


def test_several_killers_among_many_are_named_and_cost_two_workers_each(
    started: list[object],
) -> None:
    names = [f"leaflet-{number}" for number in range(200)]
    for at in (0, 7, 8, 90, 199):
        names.insert(at, f"crash #{at}")
    found = outcome([job(name) for name in names])
    assert found == {name: "render-crash" if "crash" in name else name for name in names}
    assert len(started) <= 2 + 2 * 5


def test_a_worker_that_the_system_ended_costs_nothing(tmp_path: Path) -> None:
    """As where another one has taken the memory of the machine."""
    name = f"killed where there is no {tmp_path / 'mark'}"
    assert outcome([job("a"), job(name), job("b")]) == {"a": "a", name: name, "b": "b"}


def test_workers_that_are_killed_while_they_wait_are_replaced() -> None:
    with WorkerPool(2) as pool:
        assert len(list(pool.run([job("a"), job("b"), job("c")]))) == 3
        for worker in pool.workers:
            worker.process.kill()
        for worker in pool.workers:
            worker.process.join()
        done = {one.wanted.topic: result.pdf for one, result in pool.run([job("d"), job("e")])}
    assert done == {"d": b"d", "e": b"e"}


def test_a_result_that_nobody_came_for_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is more than the pipe holds: its worker waits until the rest is taken."""
    monkeypatch.setattr(workers, "LATE", 0.5)
    names = ["large #1", "large #2", "large #3"]
    found = []
    for one, result in run([job(name, seconds=1) for name in names], 2):
        found.append((one.wanted.topic, len(result.pdf)))
        time.sleep(2)
    assert sorted(found) == [(name, 5_000_000) for name in names]


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
    ((_, result),) = run([job(name, 1 if name == "hang" else 60, megabytes=1024)], 1)
    (finding,) = result.verdict.findings
    assert message in finding.message
    assert finding.severity == "error"
    assert result.verdict.failed
    assert result.pdf == b""


def test_our_own_bug_is_a_traceback() -> None:
    with pytest.raises(WorkError, match=r"in typeset[\s\S]+ZeroDivisionError"):
        outcome([job("a"), job("bug")])


def test_limits_hold_for_one_leaflet_only() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.getsignal(signal.SIGALRM)
    with WorkerPool(1) as pool:
        assert pool.call(render.set_and_judge, job("hang", seconds=1)).pdf == b""
        assert pool.call(resource.getrlimit, resource.RLIMIT_AS) == before
        assert pool.call(signal.getitimer, signal.ITIMER_REAL) == (0.0, 0.0)
        assert pool.call(render.set_and_judge, job("a")).pdf == b"a"
    assert signal.getsignal(signal.SIGALRM) is handler


# How workers live and end


def test_an_interrupt_ends_the_workers_at_once() -> None:
    jobs = [job("a"), job("hang", seconds=60), job("hang", seconds=60)]
    with WorkerPool(3) as pool:
        done = pool.run(jobs)
        assert next(done)[1].pdf == b"a"
        processes = [worker.process for worker in pool.workers]
        assert len(processes) == 3
        with pytest.raises(KeyboardInterrupt):
            done.throw(KeyboardInterrupt)
    assert {process.exitcode for process in processes} == {-signal.SIGKILL}


def test_workers_stay_from_run_to_run_and_jobs_are_drawn_as_they_come_free(
    started: list[object],
) -> None:
    drawn = []

    def jobs(names: str) -> Iterator[Job]:
        for name in names:
            drawn.append(name)
            yield job(name)

    with WorkerPool(1) as pool:
        done = pool.run(jobs("abcdefghij"))
        next(done)
        assert len(drawn) < 10
        assert len(list(done)) == 9
        assert [one.wanted.topic for one, _ in pool.run(jobs("k"))] == ["k"]
    assert len(started) == 1
    assert pool.workers == []


def test_workers_start_as_there_are_jobs(started: list[object]) -> None:
    assert len(list(run([job("a")], 8))) == 1
    assert len(started) == 1


def test_workers_that_did_much_are_replaced_and_no_job_is_lost(
    started: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RENEW_AFTER", 3)
    with WorkerPool(2) as pool:
        names = [f"leaflet {n}" for n in range(15)]
        done = [one.wanted.topic for one, _ in pool.run(job(name) for name in names)]
        assert sorted(done) == sorted(names)
        assert 5 <= len(started) <= 6
        assert [one.wanted.topic for one, _ in pool.run([job("late")])] == ["late"]


def _pipes() -> set[str]:
    """List the pipes of this process."""
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # It was the folder itself.
            found.add(str(path.readlink()))
    return {name for name in found if name.startswith("pipe:")}


def test_a_worker_keeps_no_pipes_of_others() -> None:
    before = _pipes()
    with WorkerPool(1) as first, WorkerPool(1) as second:
        pools = (first, second)
        for pool in pools:
            pool.call(os.getpid)
        # Besides those by which Python tells who has ended.
        ours = [
            {
                str(Path(f"/proc/self/fd/{end.fileno()}").readlink())
                for end in (pool.workers[0]._messages, pool.workers[0]._answers)
            }
            for pool in pools
        ]
        assert [pool.call(_pipes) & (ours[0] | ours[1]) for pool in pools] == ours
        assert len(ours[0] | ours[1]) == 4
    assert _pipes() <= before


ORPHANS = """
import os, time
from pressroom.build.workers import WorkerPool
idle, busy = WorkerPool(1), WorkerPool(1)
print(idle.call(os.getpid), busy.call(os.getpid), flush=True)
busy.call(time.sleep, 60)
"""


def test_workers_end_where_their_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(_runs(pid) for pid in pids))


def _runs(pid: int) -> bool:
    """Return whether a process runs; one that has ended may wait for whoever collects it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# Other work


@pytest.fixture
def single() -> Iterator[WorkerPool]:
    with WorkerPool(1, threads=True) as pool:
        yield pool


def test_a_call_returns_what_the_work_returns(single: WorkerPool) -> None:
    first = single.call(os.getpid)
    assert first == single.call(os.getpid) != os.getpid()
    assert single.call(bytes, 1_000_000) == bytes(1_000_000)
    with pytest.raises(WorkError, match="invalid literal"):
        single.call(int, "seven")
    with pytest.raises(WorkError, match="pickle"):
        single.call(threading.Lock)


def test_a_call_whose_workers_die_says_so_and_the_next_one_is_done(single: WorkerPool) -> None:
    first = single.call(os.getpid)
    with pytest.raises(WorkerDiedError):
        single.call(os._exit, 3)
    with pytest.raises(WorkerDiedError):
        single.call(say_half, signal.SIGKILL)
    second = single.call(os.getpid)
    assert second not in (first, os.getpid())
    assert single.call(os.getpid) == second


@pytest.mark.usefixtures("_impatient")
def test_a_call_that_takes_too_long_says_so(single: WorkerPool) -> None:
    with pytest.raises(TimeoutError):
        single.call(signal.raise_signal, signal.SIGSTOP, seconds=0)
    assert single.call(int, "7") == 7


def test_a_call_is_ended_from_another_thread_and_nothing_is_done_after(single: WorkerPool) -> None:
    single.call(os.getpid)
    raised = []

    def wait() -> None:
        for work in (partial(time.sleep, 60), os.getpid):
            try:
                single.call(work)
            except WorkerDiedError as problem:
                raised.append(problem)

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: bool(single.workers and single.workers[0].task))
    single.end()
    thread.join()
    assert len(raised) == 2
    assert single.workers == []
