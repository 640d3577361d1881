"""A real scheduler and two workers, each a process of its own, and a stand-in for S3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
QUIET = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error"}


@dataclass
class Cluster:
    """Where it listens, and its processes."""

    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextmanager
def running(*command: str, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, *command], **options) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def s3_stand_in() -> Iterator[dict[str, str]]:
    """Run the stand-in; give the environment of those who use it."""
    with running(str(HERE / "s3_stand_in.py"), stdout=subprocess.PIPE) as server:
        port = int(server.stdout.readline())
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "someone",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-this-test",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextmanager
def cluster_of(workers: int, folder: Path, environment: dict[str, str]) -> Iterator[Cluster]:
    more = {"env": os.environ | environment | QUIET, "cwd": folder}
    where = folder / "scheduler.json"
    with ExitStack() as stack:
        # It takes a port itself: one found free beforehand may be taken by the time it listens.
        scheduler = stack.enter_context(
            running("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                    "--dashboard-address", "127.0.0.1:0", "--no-dashboard", "--no-jupyter",
                    "--scheduler-file", str(where), **more)
        )  # fmt: skip
        address = _address_in(where, scheduler)
        found = [
            stack.enter_context(
                running("-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1",
                        "--nthreads", "1", "--no-nanny", "--no-dashboard",
                        "--local-directory", str(folder / f"worker-{n}"), **more)
            )
            for n in range(workers)
        ]  # fmt: skip
        _wait_for(address, workers)
        yield Cluster(address, found)


def _address_in(file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    """Return where the scheduler listens, once it has written that."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert scheduler.poll() is None, f"the scheduler ended with {scheduler.returncode}"
        try:
            return str(json.loads(file.read_bytes())["address"])
        except (FileNotFoundError, ValueError):  # not there, or half written
            time.sleep(0.1)
    raise AssertionError("the scheduler does not listen")


def _wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        deadline = time.monotonic() + 60
        while len(client.scheduler_info()["workers"]) < workers:
            assert time.monotonic() < deadline, "the workers did not come"
            time.sleep(0.1)
