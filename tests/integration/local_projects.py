"""Projects of a user's own, installed from their folders, by a build backend that needs no network."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The hooks of PEP 517 and PEP 660 for a project of single modules.
_BACKEND = """
import pathlib, tomllib, zipfile

def _project():
    return tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]

def _wheel(folder, files):
    project = _project()
    version = project.get("version") or pathlib.Path("VERSION").read_text().strip()
    stem = f"{project['name'].replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\\nName: {project['name']}\\nVersion: {version}\\n"
    metadata += "".join(f"Requires-Dist: {text}\\n" for text in project.get("dependencies", ()))
    files[f"{stem}.dist-info/METADATA"] = metadata
    files[f"{stem}.dist-info/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files[f"{stem}.dist-info/RECORD"] = "".join(f"{name},,\\n" for name in files) + f"{stem}.dist-info/RECORD,,\\n"
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return name

def build_wheel(folder, settings=None, metadata=None):
    return _wheel(folder, {path.name: path.read_text() for path in pathlib.Path("src").glob("*.py")})

def build_editable(folder, settings=None, metadata=None):
    return _wheel(folder, {f"_{_project()['name']}.pth": str(pathlib.Path("src").resolve()) + "\\n"})
"""


def write_local_project(
    folder: Path,
    name: str,
    module: str,
    source: str,
    *,
    requires: Iterable[str] = (),
    dynamic: str | None = None,
) -> Path:
    """Write a project of one module and return the path of the module.

    :param dynamic: the version, if pyproject.toml shall not say it.
    """
    version = 'dynamic = ["version"]' if dynamic else 'version = "1.0"'
    (folder / "src").mkdir(parents=True)
    (folder / "backend.py").write_text(_BACKEND)
    if dynamic:
        (folder / "VERSION").write_text(dynamic)
    (folder / "pyproject.toml").write_text(
        textwrap.dedent(f"""\
            [project]
            name = "{name}"
            {version}
            dependencies = {list(requires)}

            [build-system]
            requires = []
            build-backend = "backend"
            backend-path = ["."]
            """)
    )
    path = folder / "src" / f"{module}.py"
    path.write_text(source)
    return path
