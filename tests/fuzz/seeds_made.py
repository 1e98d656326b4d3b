"""The whole files that damaged ones are made from: those of a small project with one of everything, built.

What `mvenv init` reads of other tools is beside them, written by hand.
Run as a program (`python -m tests.fuzz.seeds_made`) where the form of a file has changed.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from orchestrator.state.record import _checksum as checksum_of
from tests.fuzz.targets import SEEDS
from tests.integration.local_projects import write_local_project
from tests.support.interpreters import running_interpreter
from tests.support.process import offline_environment
from tests.support.project import ProjectFolder
from tests.support.wheels import Index

PYPROJECT = """\
[project]
name = "My.App"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["dep-a", "dep_b[more]>=1 ; os_name != 'nt'", "plain @ file://@INDEX@/plain-1.0-py3-none-any.whl",
  "local", "seen"]

[project.optional-dependencies]
x = ["my-app[y]"]
y = ["plain"]

[dependency-groups]
dev = ["plain", { include-group = "docs" }]
docs = []

[tool.mvenv]
default-groups = ["dev"]
environments = ["3.12", { python = "3.13", platform = "windows" }]
other-builds = "error"
isolate = ["plain", "seen"]
together = [["dep-a", "local"]]
singletons = ["local"]
prefer = "fewest"
exclude-newer = "2030-01-01"

[tool.mvenv.lag]
majors = 2
months = 20

[tool.mvenv.aliases]
low_old = { requirement = "low==1.0", module = "low" }

[tool.mvenv.constraints]
dep-a = ["low<2", "+plain"]

[tool.uv.sources]
local = { path = "local", editable = true }

[[tool.uv.index]]
name = "nothing"
url = "https://joe:secret@host.invalid/simple"
explicit = true
"""
DEP_A = """\
import json, low as other; from plain import name

if True:
    import importlib.metadata
    REGISTRY = {}
    for each in importlib.metadata.entry_points(group="dep_a.plugins"):
        REGISTRY[each.name] = each
def main():
    import plain
"""


def make(folder: Path) -> None:
    """Build the project in an empty folder, and keep its files."""
    index = Index(folder / "index")
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("plain", "1.0")
    index.add("seen", "1.0")  # by all environments
    index.add("dep-b", "1.0", requires=["low>=2"], extras={"more": ["plain"]})
    index.add(
        "dep-a",
        "1.0",
        requires=["low<2", "plain; extra == 'x'", "plain"],
        files={
            "dep_a.py": DEP_A,
            "dep_a.pth": "import sys\n# a comment\nnowhere\n../../\n",
            "é/data,1.txt": "x",
        },
        classifiers=["Framework :: Pytest"],
        entry_points={"dep-a": "dep_a:main", "dep-a-x": "dep_a:main [x]"},
        entry_point_groups={"low.plugins": {"a": "dep_a"}},
    )
    root = folder / "project"
    root.mkdir()
    interpreter = running_interpreter()
    project = ProjectFolder(root, interpreter, offline_environment(index.folder)).on(interpreter)
    text = PYPROJECT.replace("@INDEX@", str(index.folder))
    project.write("pyproject.toml", text)
    write_local_project(root / "local", "local", "local", "")
    project.write(
        "custom_dependencies_versions.json", '{"dep-b": {"1.0": {"low": {"2.0": {"plain": "1.0"}}}}}\n'
    )
    project.mvenv("build")
    SEEDS.mkdir(exist_ok=True)
    (SEEDS / "pyproject.toml").write_text(PYPROJECT.replace("@INDEX@", "/somewhere"), "utf-8")
    site = next(root.glob("py_modules/*/lib/python3*/site-packages/dep_a.py")).parent
    there = [
        *("mvenv.lock", "custom_dependencies_versions.json", ".venv/mvenv.json"),
        str(project.library.relative_to(root) / "site-packages/runtime_shim/import_map.json"),
        *(str(site.relative_to(root) / name) for name in ("dep_a.pth", "dep_a.py")),
        *(str(path.relative_to(root)) for path in sorted(site.glob("dep_a-1.0.dist-info/[Me]*[At]"))),
        str((site / "dep_a-1.0.dist-info/RECORD").relative_to(root)),
    ]
    for name in there:
        target = SEEDS / Path(name).name.replace(".py", ".py.txt")
        shutil.copyfile(root / name, target)
        anonymous = target.read_text("utf-8").replace(str(folder), "/somewhere")
        target.write_text(anonymous.replace(str(interpreter.executable), "/usr/bin/python3"), "utf-8")
    record = SEEDS / "mvenv.json"
    then = json.loads(record.read_text("utf-8"))["checksum"]
    now = checksum_of(record.read_bytes(), then)
    record.write_text(record.read_text("utf-8").replace(then, now), "utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        make(Path(name))
    sys.stdout.write("".join(f"{path.name}\n" for path in sorted(SEEDS.iterdir())))
