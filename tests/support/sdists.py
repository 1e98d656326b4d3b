"""Tiny source distributions with a build backend of their own, which can be told to fail or to take its time."""

from __future__ import annotations

import io
import tarfile
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

# The hooks of PEP 517. `at(hook)` is the test's.
_BACKEND = """
import base64, hashlib, os, zipfile

NAME, VERSION, REQUIRES = {name!r}, {version!r}, {requires!r}
STEM = f"{{NAME.replace('-', '_')}}-{{VERSION}}"

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    at("metadata")
    info = os.path.join(folder, STEM + ".dist-info")
    os.makedirs(info)
    for name, text in described().items():
        with open(os.path.join(info, name), "w") as file:
            file.write(text)
    return STEM + ".dist-info"

def build_wheel(folder, config_settings=None, metadata_directory=None):
    at("wheel")
    name = f"{{STEM}}-py3-none-any.whl"
    members = {{f"{{NAME.replace('-', '_')}}.py": f"__version__ = {{VERSION!r}}\\n"}}
    members |= {{f"{{STEM}}.dist-info/{{name}}": text for name, text in described().items()}}
    rows = [
        f"{{path}},sha256={{base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')}},{{len(text)}}\\n"
        for path, text in members.items()
    ]
    members[f"{{STEM}}.dist-info/RECORD"] = "".join([*rows, f"{{STEM}}.dist-info/RECORD,,\\n"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in members.items():
            archive.writestr(path, text)
    return name

def described():
    metadata = f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\n"
    return {{
        "METADATA": metadata + "".join(f"Requires-Dist: {{each}}\\n" for each in REQUIRES),
        "WHEEL": "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }}
"""


def build_sdist(
    folder: Path, name: str, version: str, *, at: str = "def at(hook): pass", requires: Iterable[str] = ()
) -> Path:
    """Write a source distribution and return its path.

    :param at: source of a function `at`, called with `"metadata"` or `"wheel"` when the backend begins to make it.
    :param requires: `Requires-Dist` entries, PEP 508. Only the backend tells them: the file's own PKG-INFO is of a
        version that does not promise to be complete.
    """
    backend = _BACKEND.format(name=name, version=version, requires=list(requires)) + textwrap.dedent(at)
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}.tar.gz"
    files = {
        "pyproject.toml": _PYPROJECT,
        "backend.py": backend,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
    }
    with tarfile.open(path, "w:gz") as archive:
        for member, text in files.items():
            entry = tarfile.TarInfo(f"{stem}/{member}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path
