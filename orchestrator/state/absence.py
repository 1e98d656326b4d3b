"""What of a finished build is not there any more, or not for this machine. Standard library only.

A folder that was copied without its neighbour (``COPY .venv`` alone), a Python that was upgraded or removed, a folder
that another user may not read: then the record describes something else than a program would run in. Asked before
every start, so it takes a few system calls for each environment; the words are put together where something is wrong.
"""

from __future__ import annotations

import errno
import os
import re

from orchestrator.system import this_system
from orchestrator.system.names import APPLICATION_FOLDER, IMPORT_MAP, MODULES, PTH, RECORD, VENV_CONFIGURATION
from orchestrator.system.platforms import platform_here

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.state.documents import Record

_VERSION = re.compile(r"python(\d+\.\d+t?)")  # with the "t" of the free-threaded build
_BUILD = "run `mvenv build`, which makes it again"


class Absence:
    """Something that is missing.

    :param place: the folder or file, relative to the project.
    :param message: what is wrong with it.
    :param cause: how that is known.
    :param hint: what to do.
    """

    __slots__ = ("cause", "hint", "message", "place")

    def __init__(self, place: str, message: str, cause: str, hint: str) -> None:
        self.place, self.message, self.cause, self.hint = place, message, cause, hint


def absences(root: Path, record: Record) -> Iterator[Absence]:
    """Yield what is missing of the build of the project at *root* that *record* describes; the first is the worst."""
    yield from _python(root, record)
    then, now = record.get("platform"), platform_here()
    if then is not None and then != now:
        yield Absence(
            *(APPLICATION_FOLDER, "was made on another platform", f"on {then}, and this is {now}"),
            "`mvenv build` makes the environments again, for this platform",
        )
    library = root / record["overrides"]["library"] / "site-packages"
    if (failure := _failure(library)) is not None:
        place = record["overrides"]["library"] + "/site-packages"
        yield _absence(place, failure, f"{library}: {_reason(failure)}", _BUILD)
        return
    # Without it `bin/python` is the installation it is a link to, which has nothing of the project's.
    yield from _files(root, f"{APPLICATION_FOLDER}/{VENV_CONFIGURATION}")
    if record["environments"]:
        yield from _shim(root, record)
        yield from _environments(root, record)


def _python(root: Path, record: Record) -> Iterator[Absence]:
    path = f"{root}/{APPLICATION_FOLDER}/{this_system.PYTHON}"
    real = this_system.interpreter_behind(f"{root}/{APPLICATION_FOLDER}")
    if (failure := _failure(real)) is not None:
        linked = f"{path} is a link to {real}: " if os.path.islink(path) else f"{path}: "  # noqa: PTH114
        yield Absence(
            *(APPLICATION_FOLDER, "has no Python any more", linked + _reason(failure)),
            "run `mvenv build`, which takes a Python that is there",
        )
        return
    if not os.access(real, os.X_OK):
        yield Absence(
            *(APPLICATION_FOLDER, "has a Python that this user may not run", f"{path} is a link to {real}"),
            "let the user that runs this run it, or name another in `[tool.mvenv] python` and run `mvenv build`",
        )
        return
    # A system that was upgraded has another Python under the same name; its `lib/pythonX.Y` is another folder.
    now = _VERSION.fullmatch(os.path.basename(real))  # noqa: PTH119 - faster
    then = _VERSION.search(record["overrides"]["library"])
    if now is not None and then is not None and now[1] != then[1]:
        yield Absence(
            APPLICATION_FOLDER,
            f"was made for Python {then[1]}, and its Python is {now[1]} now",
            f"{path} is a link to {real}",
            "run `mvenv build`, which makes the environments again for that Python",
        )


def _shim(root: Path, record: Record) -> Iterator[Absence]:
    site_packages = f"{record['overrides']['library']}/site-packages"
    yield from _files(root, f"{site_packages}/{PTH}", f"{site_packages}/runtime_shim/{IMPORT_MAP}")


def _files(root: Path, *files: str) -> Iterator[Absence]:
    for file in files:
        if (failure := _failure(root / file)) is not None:
            yield _absence(file, failure, f"{root / file}: {_reason(failure)}", _BUILD)
        elif _is_empty(root / file):
            yield Absence(file, "is damaged", f"{root / file}: the file is empty", _BUILD)


def _environments(root: Path, record: Record) -> Iterator[Absence]:
    modules = root / MODULES
    for path in record["environments"]:
        failure = _failure(root / path / RECORD)
        if failure is None:
            if _is_empty(root / path / RECORD):
                yield Absence(path, "is damaged", f"{root / path / RECORD}: the file is empty", _BUILD)
            continue
        if isinstance(_failure(modules), FileNotFoundError):
            yield _absence(
                *(MODULES, failure, f"{modules} does not exist, and `{APPLICATION_FOLDER}` needs it"),
                f"copy `{MODULES}` along with `{APPLICATION_FOLDER}`, or run `mvenv build`",
            )
            return
        where = root / path / RECORD if os.path.lexists(root / path) else root / path
        yield _absence(
            *(path, failure, f"{where}: {_reason(failure)}"),
            f"copy the whole of `{MODULES}`, or run `mvenv build`",
        )


def _absence(place: str, failure: OSError, cause: str, hint: str) -> Absence:
    if failure.errno == errno.EACCES:
        return Absence(place, "cannot be read", cause, "let the user that runs this read it")
    return Absence(place, "is missing", cause, hint)


def _failure(path: str | Path) -> OSError | None:
    """Return why a file is not found; None if it is."""
    try:
        os.stat(path)  # noqa: PTH116 - faster
    except OSError as error:
        return error
    return None


def _is_empty(path: Path) -> bool:
    """Whether a file has lost what it held: what a full disk or a power failure leaves."""
    return os.stat(path).st_size == 0  # noqa: PTH116 - faster


def _reason(failure: OSError) -> str:
    return failure.strerror or str(failure)
