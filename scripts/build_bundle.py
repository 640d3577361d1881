"""Write one archive that installs and runs without network: wheels, installer, manifest.

Run by `make bundle`, with the Python and on the platform that the archive is for. What it holds
depends on requirements.lock and the checkout alone, and every wheel is checked against the lock.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from email.parser import BytesHeaderParser
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
ALONGSIDE = (ROOT / "scripts/bundle/install.py", ROOT / "scripts/bundle/README.md",
             ROOT / "LICENSE", ROOT / "NOTICE")  # fmt: skip
MANIFEST = "MANIFEST.sha256"
SOURCES = ("dashboard", "gazetteer", "geo", "incidents", "seeds", "pyproject.toml", "README.md",
           "LICENSE", "NOTICE")  # fmt: skip
# The first moment that a zip can name: the same wheel whenever it is built.
EPOCH = 315_532_800


def main() -> None:
    """Build the wheels, then the archive in dist/."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="the folder to write to")
    output: Path = parser.parse_args().output
    with tempfile.TemporaryDirectory() as work:
        name = bundle_name()
        folder = Path(work) / name
        fill(folder, Path(work))
        output.mkdir(parents=True, exist_ok=True)
        archive = output / f"{name}.tar"
        half = archive.with_suffix(".tar.part")
        pack(folder, half)
        half.replace(archive)
    print(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB, sha256 {sha256(archive)}")


def bundle_name() -> str:
    """Return the archive's name: project, version, Python and platform."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return f"{project['name']}-{project['version']}-{python}-{machine}"


def fill(folder: Path, work: Path) -> None:
    """Put everything into the folder that becomes the archive, the manifest last."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    # What the lock has as source only is built here, with the setuptools that the lock names.
    build(wheels, "--require-hashes", "-r", str(LOCK))
    build(wheels, "--no-index", str(clean_copy(work / "source")))
    made_for = {
        "python": ".".join(map(str, sys.version_info[:2])),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    write(folder / "made_for.json", json.dumps(made_for, indent=1) + "\n")
    write(folder / "requirements.txt", "".join(requirement(w) for w in sorted(wheels.iterdir())))
    for path in ALONGSIDE:
        shutil.copyfile(path, folder / path.name)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    write(folder / MANIFEST, "".join(lines))


def clean_copy(to: Path) -> Path:
    """Copy what the project's wheel is made of: no leftovers of an earlier build go in."""
    to.mkdir()
    skip = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=skip)
        else:
            shutil.copyfile(ROOT / name, to / name)
    return to


def build(wheels: Path, *what: str) -> None:
    """Make wheels with pip, fetching nothing that is not named and hashed."""
    fixed = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels)]
    command = [sys.executable, "-m", "pip", "wheel", *fixed, *what]
    subprocess.run(command, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)})


def requirement(wheel: Path) -> str:
    """Return the line by which the installer asks for exactly this wheel."""
    with ZipFile(wheel) as archive:
        metadata = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        found = BytesHeaderParser().parsebytes(archive.read(metadata))
    return f"{found['Name']}=={found['Version']} --hash=sha256:{sha256(wheel)}\n"


def pack(folder: Path, archive: Path) -> None:
    """Write a folder as a tar: sorted, owned by nobody in particular, at no particular time."""
    # Wheels are compressed already.
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in [folder, *sorted(folder.rglob("*"))]:
            entry = tarfile.TarInfo(path.relative_to(folder.parent).as_posix())
            entry.mtime = EPOCH
            if path.is_dir():
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(entry)
                continue
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as file:
                tar.addfile(entry, file)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, text: str) -> None:
    """Write text with Unix line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
