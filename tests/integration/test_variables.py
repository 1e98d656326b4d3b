"""Environment variables, and files of settings, of the tools that a build runs: they change nothing."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

from orchestrator.system.child_environment import chosen
from tests.integration.workshop import APP_PRINTS, copy
from tests.support.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder

HOSTILE = {
    "VIRTUALENV_SYSTEM_SITE_PACKAGES": "true",
    "VIRTUALENV_NO_PIP": "false",
    "VIRTUALENV_PIP": "bundle",
    "VIRTUALENV_PROMPT": "hostile",
    "VIRTUALENV_COPIES": "true",
    "VIRTUALENV_CREATOR": "nonsense",
    "VIRTUAL_ENV": "/nowhere",
    "PIP_TARGET": "/nowhere",
    "PIP_REQUIRE_VIRTUALENV": "true",
    "PYTHONHOME": "/nowhere",
    "PYTHONPLATLIBDIR": "lib64",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "PYTHONUSERBASE": "/nowhere",
    "PYTHONSTARTUP": "/nowhere",
    "PYTHONINSPECT": "1",
    "PYTHONVERBOSE": "1",
    "RUST_LOG": "trace",
    "RUST_BACKTRACE": "full",
    "UV_PROJECT": "/nowhere",
    "UV_WORKING_DIR": "/",
    "MVENV_STARTED_BY": "nobody",
    "MVENV_PICKLES": "exact",
}


def layout(project: ProjectFolder) -> dict[str, object]:
    """Return what a build has made: all files but compiled modules, and what the records and the map say."""
    root = project.root
    paths = sorted(
        str(path.relative_to(root))
        for folder in (".venv", "py_modules")
        for path in (root / folder).rglob("*")
        if "__pycache__" not in path.parts
    )
    settings = {path: (root / path).read_text("utf-8") for path in paths if path.endswith("pyvenv.cfg")}
    record = json.loads((root / ".venv/mvenv.json").read_text("utf-8"))
    del (
        record["checksum"],
        record["seal"]["stamp"],
        record["seal"]["surface"],
    )  # the times of files are in these
    return {"paths": paths, "settings": settings, "record": record}


def test_the_same_is_built_whatever_is_set(conflict: ProjectFolder, tmp_path: Path) -> None:
    """No options of the tools, no modules of another folder, nobody's view."""
    elsewhere, settings = tmp_path / "elsewhere", tmp_path / "settings"
    for name in ("json", "low", "sitecustomize", "encodings"):
        (elsewhere / name).mkdir(parents=True)
        (elsewhere / name / "__init__.py").write_text("raise SystemExit('not this one')\n", "utf-8")
    (settings / "virtualenv").mkdir(parents=True)
    (settings / "virtualenv/virtualenv.ini").write_text(
        "[virtualenv]\nsystem-site-packages = true\npip = bundle\nprompt = hostile\n", "utf-8"
    )
    project = copy(conflict, tmp_path / "project")
    expected = layout(project)
    for folder in (".venv", "py_modules"):
        shutil.rmtree(project.root / folder)
    variables = {**HOSTILE, "PYTHONPATH": str(elsewhere), "XDG_CONFIG_HOME": str(settings)}
    # Set when mvenv's own interpreter has started, which heeds them as any.
    program = f"import os; os.environ.update({variables!r}); import orchestrator.__main__ as m; m.main()"
    outcome = run((sys.executable, "-P", "-c", program, "build"), cwd=project.root, env=project.environment)
    assert "warning" not in outcome.err
    assert layout(project) == expected
    assert project.python("app.py").out == APP_PRINTS


def test_what_is_kept() -> None:
    """What a build back end, a proxy or uv needs; and whether compiled modules are written."""
    kept = {
        "PATH": "/bin",
        "HOME": "/home",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "CC": "gcc",
        "CFLAGS": "-O2",
        "https_proxy": "http://proxy",
        "SSL_CERT_FILE": "ca.pem",
        "NETRC": "netrc",
        "UV_OFFLINE": "1",
        "CMAKE_ARGS": "-G",
        "SETUPTOOLS_SCM_PRETEND_VERSION": "1",
        "LD_LIBRARY_PATH": "/lib",
        "PYTHONDONTWRITEBYTECODE": "1",
        "VIRTUALENV_OVERRIDE_APP_DATA": "/cache",
    }
    dropped = {
        name: value for name, value in HOSTILE.items() if not name.startswith(("UV_", "PYTHONPYCACHE"))
    }
    assert chosen({**kept, **dropped}) == kept
