"""What a place holds that somebody names instead of a distribution: a folder, an archive, a repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import ResolutionError
from orchestrator.system.credentials import without
from orchestrator.system.scratch import temporary_folder
from orchestrator.uv import failure
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from pathlib import Path

_NAMED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])? @ ", re.MULTILINE)


def distribution_at(place: str, cwd: Path) -> str:
    """Return the canonical name of the distribution at a place, which is built if only that tells.

    :param place: as uv takes it in a requirements file: an absolute path, ``git+https://…``, ``https://….whl``.
    :param cwd: the project's folder, whose uv settings apply.
    :raises ResolutionError: there is none, or the place cannot be reached.
    """
    with temporary_folder() as folder:
        asked = folder / "asked.txt"
        asked.write_text(f"{place}\n", encoding="utf-8")
        arguments = ["pip", "compile", str(asked), "--no-deps", "--no-header", "--no-annotate", "--quiet"]
        answer = run(arguments, cwd=cwd)
    found = _NAMED.search(answer.stdout)
    if answer.code != 0 or found is None:
        raise ResolutionError(
            f"there is no distribution at `{without(place)}`",
            causes=failure.first_lines(answer.stderr, 3),
            hints=(
                "name a folder with a pyproject.toml, a wheel or sdist, or a repository: `git+https://…`",
            ),
        )
    return canonicalize_name(found[1])
