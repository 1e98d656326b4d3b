"""Whose code lies in which folder, as :class:`runtime_shim.caller.files.CodeFiles` wants to be told."""

from __future__ import annotations

import os
import sys

from runtime_shim.model.paths import comparable, prefix

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runtime_shim.model.environment import Environment
    from runtime_shim.model.import_map import ImportMap


def source_folders(root: str) -> list[str]:
    """Return the folders of the application's own source: the project, and what was on ``sys.path`` at the start.

    And what the command line names: ``pytest FOLDER``, ``gunicorn --chdir FOLDER``, ``uvicorn --app-dir=FOLDER``, and
    whatever lies beside a file that it names, as a script's neighbours do.

    Not one that holds the folder of temporary files as well (``python -c`` there): what programs write into that
    is not yet source of the application.
    """
    temporary = prefix(_temporary())
    entries = [os.path.join(os.path.abspath(entry), "") for entry in [*list.__iter__(sys.path), *_named()]]
    return [root, *(entry for entry in entries if not temporary.startswith(comparable(entry)))]


def _temporary() -> str:
    """Return the folder of temporary files, as :mod:`tempfile` has it in most cases, which is slow to import."""
    names = ("TMPDIR", "TEMP", "TMP")
    fallback = "/tmp" if os.name == "posix" else "C:\\Windows\\Temp"  # noqa: S108
    return next((value for name in names if (value := os.environ.get(name))), fallback)


def _named() -> Iterator[str]:
    """Yield the folders that the command line names, and those of the Python files that it names."""
    for argument in sys.orig_argv[1:]:
        name = argument.rpartition("=")[2].partition("::")[0]  # `--option=FOLDER`, `test_file.py::test`
        if not name or name.startswith("-"):
            continue
        path = os.path.abspath(name)
        if path.endswith(".py") and os.path.isfile(path):
            yield os.path.dirname(path)
        elif os.path.isdir(path):
            yield path


def code_folders(
    environments: Sequence[Environment], document: ImportMap, root: str
) -> dict[str, Environment | None]:
    """Return the folders of environments, and those of what is neutral (None); a prefix of paths each."""
    folders: dict[str, Environment | None] = {
        os.path.dirname(os.__file__) + os.sep: None,
        os.path.join(sys.prefix, ""): None,
    }
    for environment in environments:
        owner = None if environment.is_application else environment
        for path in environment.code_folders():
            folders[path + os.sep] = owner
            if environment.overlay:  # a module that is one file, or the libraries beside a package ("a.libs")
                folders[path + "."] = owner
    for name, part in document["environments"].items():
        if "over" in part:
            continue
        home = next(environment for environment in environments if environment.name == name)
        folders[os.path.normpath(os.path.join(root, part["path"])) + os.sep] = home
    return folders


def commands(document: ImportMap, environments: dict[str, Environment]) -> dict[str, Environment]:
    """Return which commands beside this Python are which environment's, by the real paths of their files.

    On Windows such a file may be a program that ends in an archive: then it is the code in that which runs.

    :param environments: by the names that the import map uses.
    """
    named = document["application"].get("scripts")
    if not named:
        return {}
    folder = os.path.realpath(os.path.join(sys.prefix, "bin" if os.name == "posix" else "Scripts"))
    found = {os.path.join(folder, name): environments[home] for name, home in named.items()}
    inside = {
        os.path.join(name, "__main__.py"): home for name, home in found.items() if name.endswith(".exe")
    }
    return {**found, **inside}
