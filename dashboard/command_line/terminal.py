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

    A device or a pipe is written into as "-" is: there is no file, and nothing beside it.

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
        _write_to_stdout(content)
        return None
    path = Path(output)
    try:
        if not output or path.is_dir():
            fail(f"--output {output!r} names no file. Name a file, or - for standard output.")
        if path.exists() and not path.is_file():
            # A file put in the place of /dev/null would end it for the whole machine.
            path.write_bytes(content)
            return None
        # Through a link, to the file that it stands for.
        write_whole(path.resolve(), content)
    except OSError as error:
        fail(
            f"{path} cannot be written: {error.strerror}. Name a file in a folder that you may "
            "write to."
        )
    if said:
        typer.echo(f"{said} written to {path}", err=True)
    return path


def _write_to_stdout(content: bytes) -> None:
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has enough; typer ends the command quietly
        raise
    except OSError as error:
        fail(f"Standard output cannot be written: {error.strerror}.")


def read_input(path: Path, most: int) -> bytes:
    """Return a file's bytes; end the command if it cannot be read or is larger than `most`."""
    try:
        if path.stat().st_size > most:
            fail(f"{path} has {path.stat().st_size:,} bytes, at most {most:,} are read.")
        return path.read_bytes()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}. Name a file that you may read.")
