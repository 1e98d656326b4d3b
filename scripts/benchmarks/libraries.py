"""The project of real libraries: two versions each of pandas, scikit-learn, SQLAlchemy and FastAPI."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from benchmarks.projects import Built, built, inside, written
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.place import Place

Releases = dict[str, tuple[str, str]]

NAMES = {"pandas": "pandas", "sklearn": "scikit-learn", "sqlalchemy": "SQLAlchemy", "fastapi": "FastAPI"}
"""Module → distribution."""

_OLDEST: Releases = {
    "pandas": ("2.2.3", "2.2.2"),
    "sklearn": ("1.6.1", "1.5.2"),
    "sqlalchemy": ("2.0.36", "1.4.54"),
    "fastapi": ("0.115.6", "0.99.1"),
}
# A release has wheels for the Pythons of its time; pydantic 1, which FastAPI 0.99 needs, does not run on 3.14, and of
# scikit-learn there is one release with wheels for 3.15.
_OF: dict[str, Releases] = {
    "3.13": {**_OLDEST, "pandas": ("2.3.3", "2.2.3"), "sqlalchemy": ("2.0.36", "2.0.35")},
    "3.14": {
        "pandas": ("3.1.1", "2.3.3"),
        "sklearn": ("1.9.1", "1.7.2"),
        "sqlalchemy": ("2.0.36", "2.0.35"),
        "fastapi": ("0.115.6", "0.114.2"),
    },
    "3.15": {
        "pandas": ("3.1.1", "3.0.6"),
        "sqlalchemy": ("2.0.36", "2.0.35"),
        "fastapi": ("0.115.6", "0.114.2"),
    },
}
# `measured` holds the programs of `inside` that use the libraries: its code is isolated as theirs is.
_PROGRAMS = ("libraries", "rounds")
NEWEST = "2026-11-28"
"""What was uploaded later has no part in it."""
_SETTINGS = f'''
[tool.mvenv]
exclude-newer = "{NEWEST}"

[tool.mvenv.aliases]
'''


def releases(version: str) -> Releases:
    """Return module → both of its releases on a Python, if there are two: the application's, and that of the alias."""
    return _OF.get(version.removesuffix("t"), _OLDEST)


def described(version: str) -> str:
    """Return both releases of each, in words."""
    chosen = releases(version).items()
    return ", ".join(f"{NAMES[module]} {new} beside {old}" for module, (new, old) in chosen)


@cache
def libraries(place: Place) -> Built:
    """Build the project, from the package index; the plain interpreter is that of the environment of pandas."""
    return built(place, unbuilt(place, place.folder / "libraries"), "pandas")


def unbuilt(place: Place, folder: Path) -> Path:
    """Write the project, and return its folder."""
    index = Index(folder / "index")
    files = {"measured/__init__.py": "", **{f"measured/{name}.py": inside(name) for name in _PROGRAMS}}
    for version in ("1.0", "2.0"):
        index.add("measured", version, requires=["pandas", "fastapi", "httpx"], files=files)
    chosen = {NAMES[module].lower(): both for module, both in releases(place.python.version).items()}
    chosen["measured"] = ("1.0", "2.0")
    aliases = "".join(
        f'{name.replace("-", "_")}_old = "{name}=={old}"\n' for name, (_, old) in chosen.items()
    )
    dependencies = [f"{name}=={new}" for name, (new, _) in chosen.items()]
    return written(folder / "project", dependencies, _SETTINGS + aliases, index=index, closed=False)
