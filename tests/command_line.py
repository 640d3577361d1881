"""Run the command line: in a process of its own, as a user does, or in this one."""

import os
import subprocess
import sys
from dataclasses import dataclass

from typer.testing import CliRunner

from dashboard.command_line.main import app


def run(*words, **environment):
    command = [sys.executable, "-m", "dashboard", *words]
    return subprocess.run(
        command, capture_output=True, check=False, env=os.environ | environment, timeout=120
    )


@dataclass(frozen=True)
class Answer:
    """What `run` tells of a process, without its start."""

    returncode: int
    stdout: bytes
    stderr: bytes


def ask(*words):
    said = CliRunner().invoke(app, list(words))
    return Answer(said.exit_code, said.stdout_bytes, said.stderr_bytes)
