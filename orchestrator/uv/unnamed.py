"""What a place holds that somebody names instead of a distribution: a folder, an archive, a repository."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from orchestrator.errors import ResolutionError
from orchestrator.system.credentials import without
from orchestrator.system.paths import of_url
from orchestrator.system.scratch import temporary_folder
from orchestrator.uv import failure
from orchestrator.uv.run import run

_NAMED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])? @ ", re.MULTILINE)
_ASKED = "asked.txt"
_OF_A_FOLDER = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})


def distribution_at(place: str, cwd: Path, written: str) -> str:
    """Return the canonical name of the distribution at a place, which is built if only that tells.

    :param place: as uv takes it in a requirements file: an absolute path, ``git+https://…``, ``https://….whl``.
    :param cwd: the project's folder, whose uv settings apply.
    :param written: what the person calls the place.
    :raises ResolutionError: there is none, the place cannot be reached, or what is there cannot be built.
    """
    with temporary_folder() as folder:
        asked = folder / _ASKED
        asked.write_text(f"{place}\n", encoding="utf-8")
        arguments = ["pip", "compile", str(asked), "--no-deps", "--no-header", "--no-annotate", "--quiet"]
        answer = run(arguments, cwd=cwd)
    found = _NAMED.search(answer.stdout)
    if answer.code != 0 or found is None:
        raise _nothing_at(place, without(written), answer.stderr)
    return canonicalize_name(found[1])


def _nothing_at(place: str, shown: str, said: str) -> ResolutionError:
    message = f"there is no distribution at `{shown}`"
    causes = tuple(line for line in failure.first_lines(said) if _ASKED not in line)
    hint = "name a folder with a pyproject.toml, a wheel or sdist, or a repository: `git+https://…`"
    path = Path(of_url(place)) if place.startswith("file:") else None
    if path is not None and not path.exists():
        causes = (f"{path} does not exist",)
    elif path is not None and path.name in _OF_A_FOLDER and path.is_file():
        causes, hint = (f"{path} is a file of a project",), f"name its folder: {path.parent}"
    elif failure.is_of_a_build(said):
        message = f"what is at `{shown}` cannot be built, and that is to tell its name"
        hint = "mend what its build says, or name something else"
    return ResolutionError(message, causes=causes, hints=(hint,))
