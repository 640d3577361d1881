"""Run the command line in a process of its own, as a user does."""

import os
import subprocess
import sys


def run(*words, **environment):
    command = [sys.executable, "-m", "dashboard", *words]
    return subprocess.run(
        command, capture_output=True, check=False, env=os.environ | environment, timeout=120
    )
