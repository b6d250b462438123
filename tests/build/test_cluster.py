"""Leaflets set on a Dask cluster are the same bytes, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed.scheduler import KilledWorker, WorkerState

from pressroom.build import cluster
from pressroom.build.cluster import Cluster, bundled, open_pool
from pressroom.build.prepare import Preparer
from pressroom.build.render import Job, RenderResult, set_and_judge
from pressroom.core.errors import ClusterError, ConfigurationError, UsageError
from pressroom.core.model import Verdict

from ..support import PATIENCE_SECONDS, ROOT, TOPIC, Site, heed_interrupts, long_topic, until

TOPICS = {f"throat-{n}": TOPIC.replace("id: sore-throat", f"id: throat-{n}") for n in range(4)}


class Machines:
    """A scheduler and its workers, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self.start("scheduler", "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.exists() and bool(file.read_text("utf-8")), self.scheduler)
        self.address: str = json.loads(file.read_text("utf-8"))["address"]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log().open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    def log(self) -> Path:
        """Name the file in which the machine that is started next says what it does."""
        return self.folder / f"{len(self.processes)}.log"

    def workers(self, count: int) -> list[subprocess.Popen[bytes]]:
        """Start workers, and wait until the scheduler has them."""
        made, logs = [], []
        for _ in range(count):
            logs.append(self.log())
            made.append(
                self.start("worker", self.address, "--nworkers", "1", "--nthreads", "1",
                           "--no-nanny")
            )  # fmt: skip
        for process, log in zip(made, logs, strict=True):
            until(lambda log=log: b"Registered to" in log.read_bytes(), process)  # type: ignore[misc]
        return made


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    folder = tmp_path / "machines"
    folder.mkdir()
    made = Machines(folder)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


def build(site: Site, address: str) -> subprocess.Popen[str]:
    """Begin a build on a cluster, in a process of its own."""
    return subprocess.Popen(
        [
            sys.executable, "-W", "error", str(ROOT / "pipeline.py"), "build",
            "--executor", f"dask:{address}", "--today", "2026-12-01",
        ],
        cwd=site.folder, stderr=subprocess.PIPE, text=True,
        preexec_fn=heed_interrupts,
    )  # fmt: skip


def pdfs(site: Site) -> dict[str, bytes]:
    """Return the leaflets that are published by now."""
    return {path.name: path.read_bytes() for path in site.out.glob("*/*.pdf")}


def test_a_worker_is_killed_and_the_bytes_are_those_of_a_build_at_home(
    site: Callable[..., Site], run: Callable[..., Any], machines: Machines, tmp_path: Path
) -> None:
    made = site(("en", "ar", "km"), TOPICS)
    made.write("styles/site.css", "h1 { background: url('waves.svg') }")
    made.write(
        "styles/waves.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<path fill="#eef" d="M0 0H9V9z"/></svg>',
    )
    victim, _ = machines.workers(2)
    process = build(made, machines.address)
    until(lambda: bool(pdfs(made)), process)
    victim.kill()
    assert process.communicate(timeout=PATIENCE_SECONDS)[1] == ""
    assert process.returncode == 0
    report = json.loads((made.out / "report.json").read_text("utf-8"))
    assert report["summary"]["built"] == 12
    far = made.outputs()
    del far["report.json"]

    run("build", "--out", "home", "--store", str(tmp_path / "another"))
    near = replace_out(made).outputs()
    at_home = json.loads(near.pop("report.json"))
    assert far == near
    for one in (report, at_home):
        del one["summary"]["seconds"]
    assert report == at_home


def replace_out(site: Site) -> Site:
    """Return the site as built in `home`."""
    site.out.rename(site.folder / "far")
    (site.folder / "home").rename(site.out)
    return site


def test_an_interrupted_build_and_a_lost_scheduler_leave_what_was_published(
    site: Callable[..., Site], machines: Machines
) -> None:
    long = {name: long_topic(name) for name in ("z-1", "z-2", "z-3")}
    made = site(("en",), {**TOPICS, **long})
    machines.workers(1)
    process = build(made, machines.address)
    until(lambda: len(pdfs(made)) > 1, process)
    process.send_signal(signal.SIGINT)
    assert (
        "Interrupted. What was published stays" in process.communicate(timeout=PATIENCE_SECONDS)[1]
    )
    assert process.returncode == 130
    before = pdfs(made)

    made.edit("clinic.toml", "020 910 0142", "020 910 0143")
    process = build(made, machines.address)
    until(lambda: pdfs(made) != before, process)
    machines.scheduler.kill()
    assert "was lost; what was published stays" in process.communicate(timeout=PATIENCE_SECONDS)[1]
    assert process.returncode == 2
    after = pdfs(made)
    # One that was being recorded at that moment is made again.
    assert len(before.keys() - after.keys()) <= 1
    assert all(data.rstrip().endswith(b"%%EOF") for data in after.values())


# Without a cluster


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("threads", "there is no executor 'threads'; write processes, or dask:tcp://HOST:PORT"),
        ("dask", "there is no executor 'dask'"),
        ("dask:", "'' is no address of a Dask scheduler; write dask:tcp://HOST:PORT"),
        ("dask:localhost:8786", "is no address of a Dask scheduler"),
        ("dask:tcp://host:99999", "is no address of a Dask scheduler"),
        ("dask:tcp://me@host:8786", "is no address of a Dask scheduler"),
        ("dask:tls://127.0.0.1:9", "there are no certificates for TLS; name them in DASK_"),
        ("dask:tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9"),
    ],
)
def test_what_is_no_cluster_is_wrong_usage(
    site: Callable[..., Site],
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    said: str,
) -> None:
    monkeypatch.setattr(cluster, "ANSWER_S", 1)
    made = site()
    assert said in run("build", "--executor", name, code=2).err
    assert not made.out.exists()


@pytest.mark.parametrize("command", [("watch",), ("serve", "--port", "0")])
def test_watch_and_serve_are_told_where_leaflets_are_set_as_build_is(
    site: Callable[..., Site], run: Callable[..., Any], command: tuple[str, ...]
) -> None:
    made = site()
    assert "there is no executor 'threads'" in run(*command, "--executor", "threads", code=2).err
    assert not made.out.exists()


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="pip install 'distributed>="):
        Cluster("tcp://127.0.0.1:8786")


class Executor:
    """Stands for the executor of a client: answers as it is told, or never."""

    def __init__(self) -> None:
        #: What becomes of each job, one after the other, by its name.
        self.fates: dict[str, list[bytes | Exception]] = {}
        self.sent: list[str] = []
        self.open: list[Future[bytes]] = []

    def submit(self, _do: object, _planner: object, job: str, _seconds: int) -> Future[bytes]:
        self.sent.append(job)
        self.open.append(Future())
        if fates := self.fates.get(job):
            fate = fates.pop(0)
            if isinstance(fate, Exception):
                self.open[-1].set_exception(fate)
            else:
                self.open[-1].set_result(fate)
        return self.open[-1]

    def shutdown(self, wait: bool) -> None:
        assert not wait
        for future in self.open:
            future.cancel()


class Client:
    """Stands for a client of a scheduler that has one worker."""

    def __init__(self) -> None:
        self.executor = Executor()
        self.closed = 0

    def nthreads(self) -> dict[str, int]:
        return {"tcp://127.0.0.1:1": 1}

    def get_executor(self, pure: bool) -> Executor:
        assert not pure
        return self.executor

    def close(self, timeout: int) -> None:
        assert timeout
        self.closed += 1


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    made = Client()
    monkeypatch.setattr(cluster, "_connect", lambda _: made)
    monkeypatch.setattr(cluster, "pack", lambda _work, job: job.html)
    return made


def answer(pdf: bytes) -> bytes:
    return cluster._packed(RenderResult(pdf, Verdict(1, (), ()), 12.0))


def killed() -> KilledWorker:
    return KilledWorker("do", WorkerState.__new__(WorkerState), 3)


def run_on(names: str) -> dict[str, str]:
    """Return for each job the code of what went wrong with it, or its PDF."""
    nothing: Any = None
    jobs = [Job(nothing, nothing, name, nothing, "", 60, 4096) for name in names]
    found = {}
    with Cluster("tcp://127.0.0.1:1") as made:
        for one, result in made.run(jobs):
            codes = [finding.code for finding in result.verdict.findings]
            found[one.html] = codes[0] if codes else result.pdf.decode()
    return found


def test_a_job_that_kills_worker_after_worker_is_named_and_its_neighbours_are_done(
    client: Client,
) -> None:
    client.executor.fates = {
        "a": [killed(), killed()], "b": [killed(), answer(b"B")], "c": [answer(b"C")],
        "d": [killed(), answer(b"D")], "e": [answer(b"E")],
    }  # fmt: skip
    assert run_on("abcde") == {"a": "render-crash", "b": "B", "c": "C", "d": "D", "e": "E"}
    # Four are sent at once; those that were killed are sent again.
    assert client.executor.sent[:4] == ["a", "b", "c", "d"]
    assert sorted(client.executor.sent) == ["a", "a", "b", "b", "c", "d", "d", "e"]
    assert client.closed == 1


def test_suspects_are_sent_one_after_the_other(client: Client) -> None:
    executor = client.executor
    executor.fates = {"a": [killed()], "b": [killed()]}
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(run_on, "ab")
        until(lambda: len(executor.sent) == 3)
        executor.open[2].set_result(answer(b"first"))
        until(lambda: len(executor.sent) == 4)
        executor.open[3].set_result(answer(b"second"))
    assert sorted(executor.sent[2:]) == ["a", "b"]
    assert found.result() == {executor.sent[2]: "first", executor.sent[3]: "second"}


def test_a_scheduler_that_is_lost_is_told(client: Client) -> None:
    executor = client.executor
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(run_on, "a")
        until(lambda: len(executor.sent) == 1)
        executor.open[0].cancel()
        executor.open[0].set_running_or_notify_cancel()  # Dask does so, too.
    with pytest.raises(ClusterError, match="was lost"):
        found.result()


def test_a_worker_that_would_make_other_bytes_is_refused(client: Client) -> None:
    planner = {**cluster.identity(), "the fonts": "sha256:other", "pypdf": "6"}
    client.executor.fates = {"a": [cluster._do(planner, b"never read")]}
    with pytest.raises(ClusterError, match="would make other bytes") as caught:
        run_on("a")
    said = str(caught.value)
    assert "the fonts: here sha256:other, there sha256:" in said
    assert "pypdf: here 6, there" in said
    assert said.endswith("start all from one image")
    assert caught.value.exit_code == 2


def test_a_worker_without_pressroom_is_told(client: Client) -> None:
    client.executor.fates = {"a": [ModuleNotFoundError("No module named 'pressroom'")]}
    with pytest.raises(ClusterError, match="cannot load Pressroom"):
        run_on("a")


def test_a_build_without_workers_gives_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [{"tcp://127.0.0.1:1": 1}]
    monkeypatch.setattr(client, "nthreads", lambda: sizes.pop() if sizes else {})
    monkeypatch.setattr(cluster, "LOOK_S", 0.01)
    monkeypatch.setattr(cluster, "ALONE_S", 0.03)
    with pytest.raises(ClusterError, match="no worker is left"):
        run_on("a")
    assert client.executor.open[0].cancelled()
    assert client.closed == 1


def test_a_cluster_that_was_lost_is_looked_for_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = []
    monkeypatch.setattr(cluster, "_connect", lambda where: connected.append(where) or client)
    with open_pool("dask:tcp://127.0.0.1:1", None) as pool:
        client.executor.fates = {"a": [ModuleNotFoundError(), answer(b"")]}
        nothing: Any = None
        jobs = [Job(nothing, nothing, "a", nothing, "", 60, 4096)]
        with pytest.raises(ClusterError):
            list(pool.run(jobs))
        assert len(connected) == client.closed == 1
        assert len(list(pool.run(jobs))) == 1
        assert len(connected) == 2
    assert client.closed == 2


# On the worker


def crash(_job: object) -> RenderResult:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def printed(job: Any) -> RenderResult:
    return RenderResult(job.encode(), Verdict(1, (), ()), 12.0)


def test_crashes_on_a_worker_are_named_and_the_worker_stays() -> None:
    found = []
    for number in range(6):
        work = crash if number in (0, 3, 4) else printed
        packed = cluster._packed((work, f"{number}"))
        result = cluster.unpack(cluster.do(cluster.identity(), packed, 60))
        assert isinstance(result, RenderResult)
        codes = [finding.code for finding in result.verdict.findings]
        found.append(codes[0] if codes else result.pdf.decode())
    assert found == ["render-crash", "1", "2", "render-crash", "render-crash", "5"]


def stop(_job: object) -> RenderResult:
    os.kill(os.getpid(), signal.SIGSTOP)
    raise AssertionError


def test_a_process_that_is_stopped_on_a_worker_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pressroom.build.workers.LATE", 1)
    packed = cluster._packed((stop, "a"))
    result = cluster.unpack(cluster.do(cluster.identity(), packed, 1))
    assert isinstance(result, RenderResult)
    assert [finding.code for finding in result.verdict.findings] == ["render-timeout"]


def job(site: Site, code: str, seconds: int = 60) -> Job:
    one = next(Preparer(site.words())(["sore-throat"], [code]))
    assert one.wanted
    assert one.leaflet
    assert one.setting
    # Of addresses, this process has many before it sets anything.
    return Job(one.wanted, one.leaflet, one.html, one.setting, "", seconds, 16_384)


def test_what_a_leaflet_reads_travels_with_it(site: Callable[..., Site], tmp_path: Path) -> None:
    made = site(("en", "ar"))
    made.write("styles/site.css", "h1 { background: url('pictures/a.svg') }")
    picture = made.write("styles/pictures/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    (made.path("styles") / "outside.svg").symlink_to(tmp_path / "secret.svg")
    (tmp_path / "secret.svg").write_text("<svg/>")
    at_home = job(made, "ar")
    setting = bundled(at_home.setting)
    assert setting.images == {picture.resolve(): picture.read_bytes()}
    expected = set_and_judge(at_home)
    away = pickle.loads(pickle.dumps(replace(at_home, setting=setting)))
    for path in at_home.setting.site_stylesheets:
        path.unlink()
    picture.unlink()
    assert set_and_judge(away) == expected
    assert not expected.verdict.failed


def test_images_that_are_too_large_to_travel_are_refused(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pressroom.build.cluster.MOST_IMAGES", 10)
    made = site()
    made.write("styles/site.css", "")
    made.write("styles/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    with pytest.raises(ConfigurationError, match="travel with each leaflet"):
        bundled(job(made, "en").setting)
