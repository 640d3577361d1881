"""`--data-dir`, an option of every command; and how a command ends when the library fails."""

from __future__ import annotations

import inspect
import os
import shlex
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.command_line.terminal import fail

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the library, before INCIDENT_MAP_DATABASE_URL and INCIDENT_MAP_DATA_DIR.",
        metavar="DIR",
    ),
]
_OPTION = inspect.Parameter(
    "data_dir", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=DataDir
)
_named: ContextVar[Path | None] = ContextVar("data_dir", default=None)


def give_data_dir(app: typer.Typer) -> None:
    """Give every command of a program, and of its groups, the option."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _with_data_dir(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            give_data_dir(group.typer_instance)


def further(*words: str) -> str:
    """Return a command to type next, on the same library as this one."""
    folder = _named.get()
    named = () if folder is None else ("--data-dir", str(folder))
    return shlex.join(["incident-map", *words, *named])


def _with_data_dir(command: Callable[..., None]) -> Callable[..., None]:
    own = inspect.signature(command, eval_str=True)

    @wraps(command)
    def run(*args: Any, data_dir: Path | None, **given: Any) -> None:  # noqa: ANN401 - typer's
        _name(data_dir)
        try:
            command(*args, **given)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            from incidents.store import StoreError

            if isinstance(error, StoreError):
                fail(str(error))
            if isinstance(error, PermissionError) and error.filename:
                fail(
                    f"{error.filename}: {error.strerror}. Give yourself the right to it, or name "
                    "another folder with --data-dir."
                )
            raise

    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own.parameters.values()]
    run.__signature__ = own.replace(parameters=[*parameters, _OPTION])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in [*parameters, _OPTION]}
    return run


def _name(data_dir: Path | None) -> None:
    """Let everything in this process, the page included, find the library in a folder."""
    _named.set(data_dir)
    if data_dir is None:
        return
    from incidents.store.locations import (
        DATA_DIR_VARIABLE,
        DATABASE_URL_VARIABLE,
    )

    os.environ[DATA_DIR_VARIABLE] = str(data_dir.expanduser().resolve())
    # What is said for one command goes before what is set for all.
    os.environ.pop(DATABASE_URL_VARIABLE, None)
