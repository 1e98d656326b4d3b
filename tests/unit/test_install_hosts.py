from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from orchestrator.install.hosts import HOSTS, is_host, parts_of
from orchestrator.install.record import InstalledDistribution
from orchestrator.install.usage import uses

if TYPE_CHECKING:
    from pathlib import Path

PROVIDERS = {"low": frozenset({"low"})}
COMMAND = {"host-1.dist-info/entry_points.txt": "[console_scripts]\nhost = host.cli:main\n"}
RUNS = "import runpy\ndef run(path):\n    runpy.run_path(path, run_name='__main__')\n"


def written(site_packages: Path, files: dict[str, str], name: str) -> InstalledDistribution:
    for file, text in files.items():
        path = site_packages / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return InstalledDistribution(name, "1", dict.fromkeys(files, ""), ())


def used(site_packages: Path, files: dict[str, str], name: str = "debugpy", required: str = "") -> str:
    distribution = written(site_packages, files, name)
    return " ".join(uses(distribution, site_packages, PROVIDERS, frozenset(required.split())))


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import low\nexcept ImportError:\n    low = None\n",
        "try:\n    import low\nexcept (ValueError, Exception):\n    low = None\n",
        "try:\n    import other\nexcept:\n    import low\n",
        "if other:\n    import low\n",
        "with suppress(ImportError):\n    import low\n",
    ],
)
def test_a_guarded_import_of_a_host_is_no_use(source: str, tmp_path: Path) -> None:
    files = {"debugpy/__init__.py": source}
    assert used(tmp_path, files, name="library") == "low"
    assert used(tmp_path, files) == ""


@pytest.mark.parametrize(
    "files",
    [
        {"debugpy/__init__.py": "", "debugpy/types/low_types.py": "import low\n"},
        {"debugpy/__init__.py": "def f():\n    import debugpy.late\n", "debugpy/late.py": "import low\n"},
        {
            "debugpy/__init__.py": "from debugpy import _vendored\n",
            "debugpy/_vendored/__init__.py": "import low\n",
        },
    ],
)
def test_a_module_that_a_host_loads_late_or_has_copied_is_no_use(
    files: dict[str, str], tmp_path: Path
) -> None:
    assert used(tmp_path, files) == ""


@pytest.mark.parametrize(
    "files",
    [
        {"debugpy/__init__.py": "import low\n"},
        {
            "debugpy/__init__.py": "",
            "debugpy/__main__.py": "from .cli import main\n",
            "debugpy/cli.py": "import low",
        },
        {
            "debugpy/__init__.py": "from . import a\n",
            "debugpy/a.py": "from .b import c\n",
            "debugpy/b/c.py": "import low",
        },
        {"debugpy/__init__.py": "try:\n    import low\nfinally:\n    pass\n"},
        {"debugpy/__init__.py": "try:\n    import low\nexcept KeyError:\n    pass\n"},
        {"debugpy/__init__.py": "class C:\n    from low import x\n"},
    ],
)
def test_an_import_that_always_runs_counts(files: dict[str, str], tmp_path: Path) -> None:
    packages = {f"{file.rpartition('/')[0]}/__init__.py": "" for file in files} | files
    assert used(tmp_path, packages) == "low"


def test_a_command_is_always_loaded(tmp_path: Path) -> None:
    files = {**COMMAND, "host/__init__.py": "", "host/run.py": RUNS, "host/cli.py": "import low\n"}
    assert used(tmp_path, files, name="host") == "low"
    files["host-1.dist-info/entry_points.txt"] = COMMAND["host-1.dist-info/entry_points.txt"].replace(
        "cli", "run"
    )
    assert used(tmp_path, files, name="host") == ""


def test_what_runs_programs_and_has_a_command_is_a_host(tmp_path: Path) -> None:
    files = {**COMMAND, "host/__init__.py": "", "host/run.py": RUNS}
    host = written(tmp_path, files, "host")
    assert is_host(host, tmp_path, frozenset())
    assert not is_host(host, tmp_path, frozenset({"host"})), "torch is somebody's library, and has torchrun"
    for missing in (next(iter(COMMAND)), "host/run.py"):
        less = {file: text for file, text in files.items() if file != missing}
        assert not is_host(written(tmp_path, less, "host"), tmp_path, frozenset())


def test_hosts_that_are_known_need_no_proof(tmp_path: Path) -> None:
    assert is_host(written(tmp_path, {}, "IPython"), tmp_path, frozenset({"ipython"}))
    assert all(HOSTS.values())


def test_matplotlib_inline_draws_with_the_callers_matplotlib(tmp_path: Path) -> None:
    assert used(tmp_path, {"matplotlib_inline/__init__.py": "import low\n"}, name="matplotlib-inline") == ""


def test_what_hosts_alone_require_is_theirs(tmp_path: Path) -> None:
    requires = [
        {
            "celery": frozenset({"kombu", "click"}),
            "kombu": frozenset({"vine"}),
            "vine": frozenset(),
            "click": frozenset(),
        },
        {"tool": frozenset({"click"}), "click": frozenset()},
    ]
    assert parts_of(frozenset({"celery"}), requires) == {"kombu", "vine"}
    assert parts_of(frozenset(), requires) == frozenset(), (
        "celery is isolated, and so its kombu may have to be"
    )
    guarded = {"kombu/__init__.py": "try:\n    import low\nexcept ImportError:\n    pass\n"}
    kombu = written(tmp_path, guarded, "kombu")
    assert uses(kombu, tmp_path, PROVIDERS) == {"low"}
    assert uses(kombu, tmp_path, PROVIDERS, parts=frozenset({"kombu"})) == frozenset()
