"""demo/abcd: the four levels of imports, three versions at once, offline."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.demos import DEMOS, copy_demo
from tests.support.process import run

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder

VERSIONS = {"uses_one": "1.1.1", "uses_two": "2.2.2", "uses_three": "3.3.3"}
UNVERSIONED = "4.4.4"
# Whom A asks: itself, then B, C, and D as B and as C see it.
ANSWERERS = ("A", "A.a", "B", "B.b", "C", "C.c", "D", "D.d", "D", "D.d")

ALL_LINES = [
    f"{letter} A {version} -> {answerer} {version}"
    for versioned in VERSIONS.values()
    for letter, version in (("V", versioned), ("U", UNVERSIONED))
    for answerer in ANSWERERS
]

# Written to a file and not given by -c: it then is application code like main.py.
WHERE = """
import json, sys
import uses_one, uses_two, uses_three

def modules(a):
    return {"A": a, "A.a": a.a, "B": a.B, "B.b": a.b, "C": a.C, "C.c": a.c, "D": a.BD, "D.d": a.Bd}

json.dump(
    {
        "one D for B and C": [u.versioned.BD is u.versioned.CD for u in (uses_one, uses_two, uses_three)],
        "one unversioned": uses_one.unversioned is uses_two.unversioned is uses_three.unversioned,
        "versioned": {
            user.__name__: {name: module.__file__ for name, module in modules(user.versioned).items()}
            for user in (uses_one, uses_two, uses_three)
        },
        "unversioned": {name: m.__file__ for name, m in modules(uses_one.unversioned).items()},
    },
    sys.stdout,
)
"""


@pytest.fixture
def abcd(project: ProjectFolder) -> ProjectFolder:
    """The demo with its wheels; that it is offline is the doing of its own pyproject.toml."""
    copy_demo("abcd", project.root)
    environment = {
        name: value
        for name, value in project.environment.items()
        if name not in ("UV_FIND_LINKS", "UV_DEFAULT_INDEX")
    }
    run([project.interpreter.executable, "make_wheels.py"], cwd=project.root, env=environment)
    return dataclasses.replace(project, environment=environment)


def restricted(document: Any) -> Any:
    """Leave only the document's four names of one of its two examples, at every level."""
    names = set(expected("versioned_packages.json"))
    if isinstance(document, list):
        return [name for name in document if name in names]
    return {
        name: {
            version: {need: its for need, its in needs.items() if need in names}
            for version, needs in versions.items()
        }
        for name, versions in document.items()
        if name in names
    }


def expected(name: str) -> Any:
    """Return one of the document's examples."""
    return json.loads((DEMOS / "abcd" / "expected" / name).read_text())


def test_every_call_is_answered_by_the_version_its_caller_needs(
    interpreter: Interpreter, abcd: ProjectFolder
) -> None:
    abcd.mvenv("build")
    assert abcd.mvenv("run", "python", "main.py").out.splitlines() == ALL_LINES
    assert abcd.python("main.py").out.splitlines() == ALL_LINES

    # The files in the form of the document, and in its order.
    for name in ("versioned_packages.json", "default_dependencies_versions.json"):
        assert restricted(abcd.read_json(name)) == expected(name), name
    assert not any("done_right_U" in name for name in abcd.read_json("versioned_packages.json"))
    assert abcd.read_json("custom_dependencies_versions.json") == {}

    abcd.write("where.py", WHERE)
    where = json.loads(abcd.python("where.py").out)
    assert where["one unversioned"] is True
    assert where["one D for B and C"] == [True, True, True]
    versioned = [file for files in where["versioned"].values() for file in files.values()]
    assert len(set(versioned)) == len(VERSIONS) * 8, "each version has files of its own"
    assert not set(versioned) & set(where["unversioned"].values())
    for file in versioned:
        assert file.startswith(str(abcd.root / "py_modules")), file
    for file in where["unversioned"].values():
        assert file.startswith(str(abcd.library / "site-packages")), file
