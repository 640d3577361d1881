"""Install Incident Map from this folder into a new one, without any network.

    python3 install.py FOLDER

Only Python is needed, of the version that this archive was made for, with its venv.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFEST = "MANIFEST.sha256"


def main() -> None:
    """Check everything, then make the folder; a failure says what to do and leaves none."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    check_python()
    check_files()
    folder = Path(sys.argv[1]).absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"{folder} is there already and not empty. Name a new folder.")
    try:
        install(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    print(f"Installed. Start it with:\n  {program(folder)} serve")


def check_files() -> None:
    """Refuse an archive in which a file is missing, changed, or not of it."""
    named: dict[str, str] = {}
    for line in (HERE / MANIFEST).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        named[name] = digest
    found = {path.relative_to(HERE).as_posix() for path in (HERE / "wheels").iterdir()} | {
        name for name in named if (HERE / name).is_file()
    }
    wrong = [f"{name} is missing" for name in sorted(named.keys() - found)]
    wrong += [f"{name} is not in {MANIFEST}" for name in sorted(found - named.keys())]
    for name in sorted(found & named.keys()):
        with (HERE / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != named[name]:
                wrong.append(f"{name} has another content than when the archive was made")
    if wrong:
        sys.exit(
            "Nothing is installed:\n  "
            + "\n  ".join(wrong)
            + "\nExtract or copy the archive again."
        )


def check_python() -> None:
    """Refuse a Python or a machine that the wheels were not made for."""
    made_for = json.loads((HERE / "made_for.json").read_text(encoding="utf-8"))
    here = {
        "python": ".".join(map(str, sys.version_info[:2])),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    if here != made_for:
        sys.exit(
            f"This is Python {here['python']} on {here['platform']}; the archive was made for "
            f"Python {made_for['python']} on {made_for['platform']}. Run install.py with that "
            "one, or make a bundle on a machine like this."
        )


def install(folder: Path) -> None:
    """Make a virtual environment and put every wheel into it, each against its hash."""
    try:
        venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        sys.exit("This Python has no ensurepip. Install its venv package (Debian: python3-venv).")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # No configuration of this machine may send pip to an index, or elsewhere for a wheel.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    clean |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    offline = ["--no-index", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    requirements = ["--find-links", str(HERE / "wheels"), "-r", str(HERE / "requirements.txt")]
    pip = [str(python), "-m", "pip"]
    for command in ([*pip, "install", "--quiet", *offline, *requirements], [*pip, "check"]):
        done = subprocess.run(command, check=False, env=clean, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{done.stdout}{done.stderr}\npip failed; nothing is installed.")


def program(folder: Path) -> Path:
    """Return where the command stands."""
    return folder / ("Scripts/incident-map.exe" if os.name == "nt" else "bin/incident-map")


if __name__ == "__main__":
    main()
