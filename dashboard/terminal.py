"""How a command ends: a file written whole, or a message and a status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import typer

from incidents.whole_files import write_whole


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what is wrong on standard error and end with a status."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


def write_output(output: str, content: bytes, said: str = "") -> Path | None:
    """Write to a file, or to standard output for "-"; return the file's path.

    Parameters
    ----------
    output
        A file's path, or -.
    content
        Written whole or not at all.
    said
        Told on standard error once a file is written; the path follows it.
    """

    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return None
    path = Path(output)
    try:
        write_whole(path, content)
    except OSError as error:
        fail(
            f"{path} cannot be written: {error.strerror}. Name a file in a folder that you may "
            "write to."
        )
    if said:
        typer.echo(f"{said} written to {path}", err=True)
    return path


def read_input(path: Path, most: int) -> bytes:
    """Return a file's bytes; end the command if it cannot be read or is larger than `most`."""
    try:
        if path.stat().st_size > most:
            fail(f"{path} has {path.stat().st_size:,} bytes, at most {most:,} are read.")
        return path.read_bytes()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}. Name a file that you may read.")
