"""What a build leaves for tools that read code without running it: a folder of links, and nothing at run time."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import CONFLICT, copy, publish_conflict
from tests.support import typed_wheels

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

APPLICATION = """
    import json, sys
    import bare, kit, kit1, needs_one, needs_two, space.one, space.shared, space.two
    print(json.dumps([
        kit.LATE, kit1.LATE, needs_one.kit.LATE, needs_two.kit.LATE, space.one.NAME, space.two.NAME, space.shared.NAME,
        [name for name, module in sys.modules.items() if "static_view" in (getattr(module, "__file__", None) or "")],
    ]))
    """


@pytest.fixture(scope="module")
def typed(workshop: Workshop) -> ProjectFolder:
    """A project of `tests.support.typed_wheels`, built; the tests of a module leave it as it is."""
    index, project = workshop.new("typed")
    typed_wheels.publish(index)
    project.pyproject(typed_wheels.DIRECT, typed_wheels.ALIASES)
    project.mvenv("build")
    return project


def view(project: ProjectFolder) -> Path:
    return project.library / "static_view"


def linked(project: ProjectFolder) -> dict[str, str]:
    """Return what is in the folder: path → environment and path that it leads to, empty if it is a file itself."""
    found = {}
    for folder, names, files in os.walk(view(project)):
        for name in (*names, *files):
            path = os.path.join(folder, name)
            if os.path.islink(path):
                assert not os.path.isabs(os.readlink(path))
                real = os.path.relpath(os.path.realpath(path), project.root)
                modules, environment, *_, below = real.split("/", 5)
                assert modules == "py_modules"
                found[os.path.relpath(path, view(project))] = f"{environment.rpartition('-')[0]}:{below}"
            elif os.path.isfile(path):
                found[os.path.relpath(path, view(project))] = ""
    return found


def test_links(typed: ProjectFolder) -> None:
    found = linked(typed)
    one = found["needs_one"].partition(":")[0]
    two = found["needs_two"].partition(":")[0]
    assert one != two
    alias = {f"kit1/{name}": f"{one}:kit/{name}" for name in ("late.py", "plain", "py.typed", "test_kit.py")}
    assert found == {
        "bare": f"{two}:bare",
        "bare-stubs": f"{two}:bare-stubs",
        "kit": f"{two}:kit",
        "needs_one": f"{one}:needs_one",
        "needs_two": f"{two}:needs_two",
        "space/one": f"{one}:space/one",
        "space/shared": found["space/shared"],
        "space/two": f"{two}:space/two",
        **alias,
        "kit1/__init__.py": "",
        "kit1/core.py": "",
    }


def test_what_a_link_cannot_say_names_the_alias(typed: ProjectFolder) -> None:
    text = (view(typed) / "kit1/__init__.py").read_text()
    first, second, *_ = text.splitlines()
    assert (first, second) == (
        "from kit1.core import Kit as Kit, make as make",
        "import kit1.late as _late",
    )
    assert (view(typed) / "kit1/core.py").read_text().splitlines()[1] == "import kit1 as kit"


def test_nothing_is_imported_through_it(typed: ProjectFolder) -> None:
    typed.write("app.py", APPLICATION)
    answer = json.loads(typed.python("app.py").out)
    assert answer == ["second", "first", "first", "second", "one", "two", "shared", []]


@pytest.mark.parametrize("flags", ["", "-I", "-s", "-E", "-P", "-S", "-IS"])
def test_no_interpreter_has_it_on_its_path(flags: str, typed: ProjectFolder) -> None:
    code = "import sys; print([entry for entry in sys.path if 'static' in entry])"
    assert typed.python(*flags.split(), "-c", code).out == "[]\n"


@pytest.mark.parametrize("flags", ["", "-I", "-s"])
def test_its_path_is_that_of_a_venv(flags: str, typed: ProjectFolder) -> None:
    """Also for who has kept the list from the start, and after the first import."""
    code = "import sys, json; kept = sys.path; import kit; print(json.dumps([kept[-1], list(sys.path)[-1], len(kept)]))"
    last, again, length = json.loads(typed.python(*flags.split(), "-c", code).out)
    assert last == again == str(typed.library / "site-packages")
    bare = typed.python(*flags.split(), "-S", "-c", "import sys; print(len(sys.path))").out
    assert length == int(bare) + 1


def test_without_site(typed: ProjectFolder) -> None:
    """Who adds `site-packages` later gets the shim with it, and nothing through the folder."""
    code = f"""
import site, sys
site.addsitedir({str(typed.library / "site-packages")!r})
import kit
print(kit.LATE, [entry for entry in sys.path if 'static' in entry], 'static' in kit.__file__)
"""
    assert typed.python("-S", "-c", code).out == "second [] False\n"


def test_site_once_more(typed: ProjectFolder) -> None:
    """While the program runs, the line that names the folder is read again; so is the one after it."""
    code = """
import sys, kit
before = [*sys.path]
import site, needs_one
site.addsitedir(before[-1])
site.main()
print(sys.path[1:] == before[1:], needs_one.kit.LATE, kit.LATE)
"""
    assert typed.python("-c", code).out == "True first second\n"


def test_another_interpreter(typed: ProjectFolder) -> None:
    """One that is given what a process of the project has for a path finds no isolated module: it has no shim."""
    path = json.loads(typed.python("-c", "import sys, json; print(json.dumps(sys.path[1:]))").out)
    code = "import importlib.util as u; print([u.find_spec(n) for n in ('kit', 'kit1', 'needs_one', 'bare')])"
    variables = {**typed.environment, "PYTHONPATH": os.pathsep.join(path)}
    base = typed.python("-c", "import sys; print(sys._base_executable)").out.strip()
    done = subprocess.run(
        [base, "-c", code], capture_output=True, text=True, env=variables, check=True, cwd="/"
    )
    assert done.stdout == "[None, None, None, None]\n"


def test_a_broken_shim(typed: ProjectFolder, tmp_path: Path) -> None:
    """Where the shim does not start, Python says so and finds nothing through the folder either."""
    broken = copy(typed, tmp_path / "broken")
    shutil.rmtree(broken.library / "site-packages/runtime_shim")
    done = broken.python("-c", "import sys, kit", check=False)
    assert "No module named 'runtime_shim'" in done.err
    assert done.err.endswith("ModuleNotFoundError: No module named 'kit'\n")


def test_metadata(typed: ProjectFolder) -> None:
    code = """
import importlib.metadata as m
print(sorted(d.name for d in m.distributions()), m.version("kit"))
"""
    names, version = typed.python("-c", code).out.rsplit(" ", 1)
    assert version == "2\n"
    assert sorted(ast.literal_eval(names)) == sorted(name.partition("==")[0] for name in typed_wheels.DIRECT)


def test_a_copied_project_leads_to_its_own_modules(typed: ProjectFolder, tmp_path: Path) -> None:
    copied = copy(typed, tmp_path / "elsewhere")
    assert linked(copied) == linked(typed)
    assert all(path.exists() for path in view(copied).iterdir())


def test_tools_that_ask_the_interpreter(typed: ProjectFolder, tmp_path: Path) -> None:
    """Pyright and Pyrefly by code, mypy and Jedi by a script of theirs."""
    folder = str(view(typed))
    code = "import sys, json; json.dump(dict(path=sys.path, prefix=sys.prefix), sys.stdout)"
    assert json.loads(typed.python("-I", "-c", code).out)["path"][-1] == folder
    code = "import sys\nsite_package_path = [p for p in sys.path]\nprint(site_package_path[-1])"
    assert typed.python("-c", code).out == folder + "\n"
    for script in ("mypy/pyinfo.py", "jedi/inference/compiled/subprocess/__main__.py", "mypy/another.py"):
        path = tmp_path / script
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import sys\nprint(sys.path[-1])\n")
        said = typed.python(str(path)).out
        assert (said == folder + "\n") is not script.endswith("another.py"), script


def test_a_child_of_a_tool(typed: ProjectFolder) -> None:
    """What a process with the folder on its path would hand on by PYTHONPATH is taken out of the child's."""
    variables = {"PYTHONPATH": str(view(typed))}
    code = (
        "import sys, kit; print([entry for entry in sys.path if 'static' in entry], 'static' in kit.__file__)"
    )
    assert typed.python("-c", code, env=variables).out == "[] False\n"


def test_an_environment_says_what_its_files_see(typed: ProjectFolder) -> None:
    for folder in typed.root.glob("py_modules/*/"):
        assert json.loads((folder / "pyrightconfig.json").read_text()) == {
            "venvPath": "..",
            "venv": folder.name,
        }
        assert {path.name for path in folder.glob("bin/*.py")} == set()
        outside = [path for path in folder.rglob("*.py") if "site-packages" not in path.parts]
        assert not outside


def test_modules_of_other_kinds(project: ProjectFolder, index: Index) -> None:
    """Modules that are one file, in C with a stub beside it, in folders that others have put on the path."""
    index.add("low", "1")
    index.add("low", "2")
    files: dict[str, str | bytes] = {
        "single.py": "import single.nothing as x\nfrom single import a\n",
        "fast.cpython-311-x86_64-linux-gnu.so": b"not one",
        "fast.pyi": "import fast\n",
        "fast.libs/libx.so": b"",
        "added/inside.py": "",
        "single.pth": "added\n",
    }
    index.add("single", "1", requires=["low==1"], files=files)
    index.add("single", "2", requires=["low==2"], files=files)
    aliases = """
        [tool.mvenv.aliases]
        fast2 = {requirement = "single==2", module = "fast"}
        other = {requirement = "single==2", module = "single"}
        """
    project.pyproject(["single==1", "low==2"], aliases)
    project.mvenv("build")
    found = linked(project)
    assert set(found) == {
        *("single.py", "fast.cpython-311-x86_64-linux-gnu.so", "fast.pyi", "added", "inside.py", "low"),
        *("fast2.cpython-311-x86_64-linux-gnu.so", "fast2.pyi", "other.py"),
    }
    assert (view(project) / "fast2.pyi").read_text() == "import fast2 as fast\n"
    assert (view(project) / "other.py").read_text() == "import other.nothing as x\nfrom other import a\n"


def test_a_build_that_fails_leaves_the_links_of_the_last(typed: ProjectFolder, tmp_path: Path) -> None:
    project = copy(typed, tmp_path / "failing")
    before = linked(project)
    project.pyproject([*typed_wheels.DIRECT, "nowhere"], typed_wheels.ALIASES)
    assert project.mvenv("build", check=False).code == 1
    assert linked(project) == before


def test_the_next_build_links_anew(typed: ProjectFolder, tmp_path: Path) -> None:
    project = copy(typed, tmp_path / "again")
    project.pyproject([*typed_wheels.DIRECT[1:], "kit==1"], "")
    project.mvenv("build")
    found = linked(project)
    assert found["kit"].partition(":")[0] == found["needs_one"].partition(":")[0]
    assert not any(name.startswith("kit1") for name in found)


def test_no_conflict_no_folder(workshop: Workshop) -> None:
    index, project = workshop.new("plain-typed")
    publish_conflict(index)
    project.pyproject([CONFLICT[0], "plain"])
    project.mvenv("build")
    assert not view(project).exists()
    assert not list(project.root.rglob("*.pth"))
