"""mvenv.lock: who writes it, who reads it, and what it is good for."""

from __future__ import annotations

import json
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.workshop import (
    APP_PRINTS,
    CONFLICT,
    copy,
    leftovers,
    publish_conflict,
    tree,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def lock_text(project: ProjectFolder) -> str:
    return (project.root / "mvenv.lock").read_text("utf-8")


def locked_pins(project: ProjectFolder) -> list[dict[str, str]]:
    """Name → version of each group in the lock."""
    groups = tomllib.loads(lock_text(project))["group"]
    return [{package["name"]: package["version"] for package in group["packages"]} for group in groups]


def environments(project: ProjectFolder) -> dict[str, int]:
    """The isolated environments' folders, and which files they are."""
    return {path.name: path.stat().st_ino for path in project.root.glob("py_modules/*-*")}


def fresh_copy(project: ProjectFolder, to: Path) -> ProjectFolder:
    """What `git clone` gives: everything but the environments."""
    copied = copy(project, to)
    for name in (".venv", "py_modules"):
        shutil.rmtree(copied.root / name, ignore_errors=True)
    return copied


@pytest.fixture
def published(project: ProjectFolder, index: Index) -> ProjectFolder:
    """A project of its own, on an index that a test may change."""
    publish_conflict(index)
    project.pyproject(CONFLICT)
    return project


def test_what_a_build_writes(built: ProjectFolder) -> None:
    lock = tomllib.loads(lock_text(built))
    assert lock["inputs"]["python"] == built.interpreter.version
    assert lock["inputs"]["requirements"] == list(CONFLICT)
    assert locked_pins(built) == [
        {"dep-a": "1.0", "low": "1.0", "plain": "1.0", "top": "1.0"},
        {"dep-b": "1.0", "low": "2.0", "plain": "1.0"},
    ]
    assert (lock["lower-bound"], lock["proved"]) == (2, True)
    assert [conflict["requirements"] for conflict in lock["conflict"]] == [["dep-a", "dep-b"]]
    packages = {(package["name"], package["version"]): package for package in lock["package"]}
    assert packages["dep-a", "1.0"]["imports"] == ["dep_a"]
    assert all(len(package["hashes"]) == 1 for package in packages.values())
    assert [environment["name"] for environment in lock["environment"]] == ["application", "dep-a", "dep-b"]
    assert lock["environment"][0]["imports"] == {"dep_a": "dep-a", "dep_b": "dep-b", "top": "dep-a"}
    others = [environment["imports"] for environment in lock["environment"][1:]]
    assert others == [{"low": "dep-a"}, {"low": "dep-b"}], "what the application does not import from there"
    assert str(built.root) not in lock_text(built)


def test_running_and_building_again_write_nothing(built: ProjectFolder) -> None:
    before = tree(built.root)
    assert built.mvenv("run", "python", "app.py").out == APP_PRINTS
    assert built.mvenv("build").err.startswith("Up to date")
    assert built.mvenv("build", "--locked").err.startswith("Up to date")
    assert built.mvenv("lock").err == "mvenv.lock is up to date: 2 groups, the fewest possible\n"
    assert tree(built.root) == before


def test_the_lock_makes_the_same_elsewhere_whatever_is_published_since(
    published: ProjectFolder, index: Index, tmp_path: Path
) -> None:
    published.mvenv("build")
    index.add("low", "1.9")
    index.add("low", "2.9")
    index.add("dep-a", "2.0")
    elsewhere = fresh_copy(published, tmp_path / "elsewhere")
    elsewhere.mvenv("build")
    assert lock_text(elsewhere) == lock_text(published)
    assert environments(elsewhere).keys() == environments(published).keys()
    assert elsewhere.mvenv("run", "python", "-c", "import dep_b; print(dep_b.low_version)").out == "2.0\n"


def test_upgrading(published: ProjectFolder, index: Index) -> None:
    published.mvenv("lock")
    index.add("low", "1.9")
    index.add("low", "2.9")
    index.add("plain", "1.9")
    before = locked_pins(published)
    published.mvenv("lock", "--upgrade-package", "Plain")
    assert locked_pins(published) == [{**pins, "plain": "1.9"} for pins in before]
    for command in ("lock", "build"):
        refused = published.mvenv(command, "--upgrade-package", "plian", check=False)
        assert refused.code == 1
        assert refused.err == (
            "error: there is no distribution `plian` in the project to upgrade\n\n"
            "hint: did you mean `plain` instead of `plian`?\n"
        )
    assert published.mvenv("lock", "--check", "--upgrade", check=False).code == 1
    assert locked_pins(published)[0]["low"] == "1.0"
    published.mvenv("build", "--upgrade")
    assert [pins["low"] for pins in locked_pins(published)] == ["1.9", "2.9"]
    published.write("app.py", "import dep_a, dep_b; print(dep_a.low_version, dep_b.low_version)")
    assert published.mvenv("run", "--no-build", "app.py").out == "1.9 2.9\n"


def test_a_changed_requirement_keeps_all_other_versions_and_environments(
    published: ProjectFolder, index: Index
) -> None:
    published.mvenv("build")
    before = environments(published)
    for version in ("1.9", "2.9"):
        index.add("low", version)
    index.add("other", "1.0")
    published.pyproject(["other", *CONFLICT])
    published.mvenv("build")
    assert [pins["low"] for pins in locked_pins(published)] == ["1.0", "2.0"]
    assert environments(published) == before
    published.pyproject([CONFLICT[1], "other", CONFLICT[0], *CONFLICT[2:]])
    published.mvenv("build")
    assert environments(published) == before


@pytest.mark.parametrize("more", ["# a comment\n", "[tool.other]\nx = 1\n"])
def test_an_edit_that_means_nothing_to_a_build(more: str, built: ProjectFolder) -> None:
    """What runs stays what it is."""
    pyproject = built.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + more)
    assert preview(built)["up_to_date"]
    before = {path: path.stat().st_ino for path in (built.root / ".venv", built.root / "mvenv.lock")}
    assert built.mvenv("run", "--no-build", "app.py", check=False).code == 1
    assert built.mvenv("build").err.startswith("Up to date")
    assert {path: path.stat().st_ino for path in before} == before
    assert built.mvenv("run", "--no-build", "app.py").out == APP_PRINTS
    assert leftovers(built.root) == []


def test_an_edit_that_means_something_to_the_files_beside(built: ProjectFolder) -> None:
    built.pyproject(CONFLICT, version="2.0")
    assert built.mvenv("build").err.startswith("Built ")
    assert list(built.read_json("default_dependencies_versions.json")["my-app"]) == ["2.0"]
    built.pyproject((CONFLICT[1], CONFLICT[0], *CONFLICT[2:]), version="2.0")
    built.mvenv("lock")
    assert built.mvenv("build", "--locked").err.startswith("Built ")


def test_an_exchanged_file_is_refused(published: ProjectFolder, index: Index) -> None:
    published.mvenv("lock")
    before = tree(published.root)
    index.add("low", "2.0", files={"low/__init__.py": "__version__ = '2.0'  # and something else\n"})
    outcome = published.mvenv("build", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(
        "error: `low==2.0` is not the file that `mvenv.lock` knows\n  cause: expected sha256:"
    )
    assert tree(published.root).keys() - before.keys() <= {
        "py_modules",
        "py_modules/.gitignore",
        "py_modules/.ignore",
        "py_modules/CACHEDIR.TAG",
    }
    published.mvenv("lock", "--upgrade-package", "low")
    published.mvenv("build")


@pytest.mark.parametrize("option", ["--locked", "--frozen"])
def test_a_lock_that_is_missing(option: str, published: ProjectFolder) -> None:
    outcome = published.mvenv("build", option, check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: there is no `mvenv.lock`\n")
    assert not (published.root / ".venv").exists()


def test_a_lock_that_is_not_what_is_asked_for(built: ProjectFolder) -> None:
    built.pyproject((*CONFLICT[:-1], "plain>=1"))
    before = tree(built.root)
    outcome = built.mvenv("build", "--locked", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error: `mvenv.lock` is not what the project asks for\n"
        "  cause: `plain>=1` is new\n"
        "  cause: `plain` is not required any more\n\n"
        "hint: run `mvenv lock` (or `mvenv build`), and commit `mvenv.lock`\n"
    )
    checked = built.mvenv("lock", "--check", check=False)
    assert (checked.code, checked.out) == (1, "")
    assert "`plain>=1` is new" in checked.err
    assert tree(built.root) == before
    built.mvenv("lock")
    built.mvenv("lock", "--check")
    assert built.mvenv("run", "--no-build", "app.py", check=False).code == 1
    built.mvenv("build", "--locked")
    assert built.mvenv("run", "--no-build", "app.py").out == APP_PRINTS


def test_a_lock_of_another_python(
    published: ProjectFolder, interpreter: Interpreter, conflict: ProjectFolder
) -> None:
    """It holds for one minor version; a plain build makes it one for the project's."""
    published.write(
        "mvenv.lock",
        lock_text(conflict).replace(f'python = "{conflict.interpreter.version}"', 'python = "3.99"'),
    )
    said = f"it was made for Python 3.99, and the project's is {interpreter.version}"
    for option in ("--locked", "--frozen"):
        outcome = published.mvenv("build", option, check=False)
        assert outcome.code == 1
        assert said in outcome.err
    published.mvenv("lock")
    assert tomllib.loads(lock_text(published))["inputs"]["python"] == interpreter.version


def test_frozen(built: ProjectFolder, tmp_path: Path) -> None:
    text = lock_text(built)
    frozen = fresh_copy(built, tmp_path / "frozen")
    frozen.pyproject(("dep-a", "ghost"))
    frozen.mvenv("build", "--frozen")
    assert frozen.mvenv("run", "--no-build", "app.py").out == APP_PRINTS
    assert frozen.mvenv("build", "--frozen").err.startswith("Up to date")
    assert frozen.mvenv("build", "--locked", check=False).code == 1
    assert lock_text(frozen) == text
    frozen.pyproject(("dep-a",))
    frozen.mvenv("build", "--frozen")
    assert lock_text(frozen) == text
    assert frozen.mvenv("build", "--dry-run").err.startswith("Would update mvenv.lock\n")
    frozen.mvenv("build")  # though nothing has changed since
    assert locked_pins(frozen) == [{"dep-a": "1.0", "low": "1.0", "plain": "1.0"}]


def test_a_frozen_build_of_a_lock_that_holds_is_like_any_other(built: ProjectFolder, tmp_path: Path) -> None:
    frozen = fresh_copy(built, tmp_path / "frozen")
    frozen.mvenv("build", "--frozen")
    assert frozen.mvenv("build").err.startswith("Up to date")


def test_upgrading_where_nothing_is_newer(built: ProjectFolder) -> None:
    before = lock_text(built)
    built.mvenv("lock", "--check", "--upgrade")
    assert built.mvenv("lock", "--upgrade").err.startswith("mvenv.lock is up to date: 2 groups")
    assert lock_text(built) == before


@pytest.mark.parametrize(
    "options",
    [
        ("--locked", "--frozen"),
        ("--locked", "--upgrade"),
        ("--frozen", "--upgrade-package", "low"),
        ("--solve-timeout", "-1"),
    ],
)
def test_options_that_make_no_sense(options: tuple[str, ...], built: ProjectFolder) -> None:
    outcome = built.mvenv("build", *options, check=False)
    assert (outcome.code, outcome.out) == (2, "")


@pytest.mark.parametrize("command", ["build", "lock", "export"])
def test_the_marks_of_a_merge(command: str, built: ProjectFolder) -> None:
    built.write("mvenv.lock", lock_text(built).replace("[inputs]", "<<<<<<< ours\n[inputs]"))
    before = tree(built.root)
    outcome = built.mvenv(command, check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: `mvenv.lock` is not valid TOML\n")
    assert "take either side" in outcome.err
    assert tree(built.root) == before


def test_a_lock_that_came_with_a_pull(published: ProjectFolder, index: Index, tmp_path: Path) -> None:
    published.mvenv("build")
    index.add("low", "2.9")
    colleague = fresh_copy(published, tmp_path / "colleague")
    colleague.mvenv("lock", "--upgrade")
    published.write("mvenv.lock", lock_text(colleague))
    program = "import dep_b; print(dep_b.low_version)"
    assert published.mvenv("run", "--no-build", "python", "-c", program, check=False).code == 1
    assert published.mvenv("run", "python", "-c", program).out == "2.9\n"


def test_a_build_that_fails_leaves_the_lock(built: ProjectFolder) -> None:
    text = lock_text(built)
    built.pyproject((*CONFLICT, "ghost"))
    assert built.mvenv("build", check=False).code == 1
    assert lock_text(built) == text
    assert leftovers(built.root) == []


def preview(project: ProjectFolder, *options: str) -> dict[str, Any]:
    before = tree(project.root)
    outcome = project.mvenv("build", "--dry-run", "--json", *options)
    assert tree(project.root) == before
    document = json.loads(outcome.out)
    assert isinstance(document, dict)
    return document


def test_a_dry_run_of_a_first_build(published: ProjectFolder) -> None:
    seen = preview(published)
    assert (seen["up_to_date"], seen["lock"], seen["proved"]) == (False, "make", True)
    assert [(each["name"], each["action"]) for each in seen["environments"]] == [
        ("application", "make"),
        ("dep-a", "make"),
        ("dep-b", "make"),
    ]
    published.mvenv("build")
    assert {each["path"] for each in seen["environments"]} == {
        ".venv",
        *(f"py_modules/{name}" for name in environments(published)),
    }


def test_a_dry_run_of_a_change(built: ProjectFolder) -> None:
    assert preview(built)["up_to_date"]
    built.pyproject(("dep-b", "top"))
    built.mvenv("build")
    assert preview(built)["up_to_date"]
    built.pyproject(("dep-b", "low==2.0"))
    seen = preview(built)
    assert (seen["lock"], seen["reasons"]) == (
        "replace",
        ["`low==2.0` is new", "`top` is not required any more"],
    )
    changes = {each["name"]: each for each in seen["environments"]}
    assert changes["application"]["action"] == "replace"
    assert changes["application"]["added"] == {"dep-b": "1.0", "low": "2.0"}
    assert sorted(each["action"] for each in changes.values()) == ["remove", "remove", "replace"]
    said = built.mvenv("build", "--dry-run").err
    assert "Would update mvenv.lock\n" in said
    assert "  + low 2.0\n" in said


def test_groups_and_extras(published: ProjectFolder, index: Index, tmp_path: Path) -> None:
    index.add("tool", "1.0")
    index.add("speed", "1.0")
    published.pyproject(
        ("plain",),
        """
        [project.optional-dependencies]
        fast = ["speed"]

        [dependency-groups]
        dev = ["tool"]
        """,
    )

    def present(project: ProjectFolder, *run: str) -> str:
        program = "from importlib.util import find_spec as f; print(*(bool(f(n)) for n in ('speed', 'tool')))"
        return project.mvenv("run", *run, "python", "-c", program).out

    published.mvenv("build")
    assert present(published) == "False True\n"
    published.mvenv("build", "--no-dev", "--extra", "Fast")
    assert present(published, "--no-build") == "True False\n"
    published.write("pyproject.toml", (published.root / "pyproject.toml").read_text() + "# touched\n")
    assert present(published) == "True False\n"  # the selection of the last build
    assert present(fresh_copy(published, tmp_path / "copy")) == "False True\n"  # nothing was said there
    published.mvenv("build", "--locked")
    assert present(published, "--no-build") == "False True\n"
    unknown = published.mvenv("build", "--group", "dve", check=False)
    assert unknown.code == 1
    assert "`dve`" in unknown.err


def test_a_clash_that_the_lock_does_not_know(published: ProjectFolder, index: Index) -> None:
    """`mvenv lock` installs nothing, so it cannot know that two distributions install the same module."""
    for name in ("one", "two"):
        index.add(name, "1.0", files={"same.py": f"who = '{name}'\n", f"{name}.py": "import same\n"})
    published.pyproject(("one", "two"))
    published.mvenv("lock")
    before = lock_text(published)
    outcome = published.mvenv("build", "--locked", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(
        "error: what `mvenv.lock` puts together cannot be installed together\n"
        "  cause: one and two provide the same module\n"
    )
    assert lock_text(published) == before
    published.mvenv("build")
    assert tomllib.loads(lock_text(published))["clashes"] == [["one", "two"]]
    published.write("app.py", "import one, two; print(one.same.who, two.same.who)")
    assert published.mvenv("run", "--no-build", "app.py").out == "one two\n"
    text = lock_text(published)
    for name in (".venv", "py_modules"):
        shutil.rmtree(published.root / name)
    published.mvenv("build", "--locked")
    assert published.mvenv("run", "--no-build", "app.py").out == "one two\n"
    published.mvenv("build")
    assert lock_text(published) == text


def test_everything_that_parts_versions_comes_back_from_the_lock(
    published: ProjectFolder, index: Index, tmp_path: Path
) -> None:
    """A requirement at odds with itself, an override, an isolated distribution, an alias, a pair kept together."""
    torn = "import dep_a, dep_b\nversions = dep_a.low_version, dep_b.low_version\n"
    index.add("torn", "1.0", requires=["dep-a", "dep-b"], files={"torn.py": torn})
    index.add("low", "2.5")
    published.pyproject(
        ("torn", "dep-b", "top", "plain"),
        """
        [tool.mvenv]
        isolate = ["plain"]
        together = [["dep-b", "plain"]]

        [tool.mvenv.aliases]
        old_low = "low==1.0"
        """,
    )
    published.write("custom_dependencies_versions.json", '{"dep-b": {"1.0": {"low": "2.0"}}}')
    published.write(
        "app.py",
        "import torn, dep_b, top, plain, old_low\n"
        "print(*torn.versions, dep_b.low_version, top.low_version, old_low.__version__)\n",
    )
    printed = "1.0 2.0 2.0 1.0 1.0\n"
    assert published.mvenv("run", "app.py").out == printed
    for option in ("--locked", "--frozen"):
        elsewhere = fresh_copy(published, tmp_path / option)
        elsewhere.mvenv("build", option)
        assert environments(elsewhere).keys() == environments(published).keys()
        assert elsewhere.mvenv("run", "--no-build", "app.py").out == printed
        elsewhere.mvenv("lock", "--check")
        assert elsewhere.mvenv("build").err.startswith("Up to date")
    (published.root / "custom_dependencies_versions.json").write_text("{}")
    checked = published.mvenv("lock", "--check", check=False)
    assert "`custom_dependencies_versions.json` has changed" in checked.err


def test_local_projects_in_a_lock(published: ProjectFolder, tmp_path: Path) -> None:
    for name in ("kept", "linked"):
        published.write(
            f"libs/{name}/pyproject.toml",
            f"""
            [project]
            name = "{name}"
            version = "1.0"
            dependencies = ["plain"]
            """,
        )
    published.pyproject(
        ("kept", "linked"),
        """
        [tool.uv.sources]
        kept = {path = "libs/kept"}
        linked = {path = "libs/linked", editable = true}
        """,
    )
    published.mvenv("lock")
    moved = fresh_copy(published, tmp_path / "moved" / "deeper")
    assert moved.mvenv("lock").err.startswith("mvenv.lock is up to date")
    assert str(tmp_path) not in lock_text(published)
    packages = tomllib.loads(lock_text(published))["group"][0]["packages"]
    assert {package["name"]: package.get("path") for package in packages} == {
        "kept": "libs/kept",
        "linked": "libs/linked",
        "plain": None,
    }
    metadata = moved.root / "libs/kept/pyproject.toml"
    metadata.write_text(metadata.read_text().replace('"1.0"', '"1.1"'))
    assert "the metadata of `libs/kept` has changed" in moved.mvenv("lock", "--check", check=False).err


def test_a_document_for_programs(published: ProjectFolder) -> None:
    first = json.loads(published.mvenv("lock", "--json").out)
    assert (first["changed"], first["proved"], first["lower_bound"]) == (True, True, 2)
    assert [group["requirements"] for group in first["groups"]] == [["dep-a", "top", "plain"], ["dep-b"]]
    assert first["calls"] > 0
    again = json.loads(published.mvenv("lock", "--json").out)
    assert (again["changed"], again["calls"]) == (False, 0)
    assert again["groups"] == first["groups"]


def test_offline(published: ProjectFolder) -> None:
    """An index that does not answer is not asked."""
    published.mvenv("build")
    nowhere = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    published.pyproject(CONFLICT[:3])
    online = published.mvenv("build", "--upgrade", env=nowhere, check=False)
    assert online.code == 1
    assert "cannot reach the package index" in online.err
    published.mvenv("build", "--offline", env=nowhere)
    assert published.mvenv("run", "--no-build", "app.py", check=False).err != ""


def test_offline_with_nothing_cached(published: ProjectFolder, tmp_path: Path) -> None:
    nowhere = {
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_FIND_LINKS": "",
        "UV_CACHE_DIR": str(tmp_path / "empty"),
    }
    hint = "\n\nhint: uv's cache does not hold all that is needed: run this once without `--offline`\n"
    for command in ("lock", "build"):
        outcome = published.mvenv(command, "--offline", env=nowhere, check=False)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.endswith(hint)
    published.mvenv("lock")
    outcome = published.mvenv("build", "--offline", env=nowhere, check=False)
    assert outcome.code == 1
    assert outcome.err.startswith("error: could not install environment")
    assert outcome.err.endswith(hint)


@pytest.mark.parametrize(
    "requirement", ["top", "top; python_version > '3'", "top>0; python_version > '3'", "top[extra]>0,<9"]
)
def test_offline_with_nothing_of_a_requirement_cached(
    requirement: str, project: ProjectFolder, tmp_path: Path
) -> None:
    """uv takes what it knows nothing of for something without versions if it is asked for with a marker."""
    project.pyproject([requirement])
    nowhere = {
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_FIND_LINKS": "",
        "UV_NO_INDEX": "",
        "UV_CACHE_DIR": str(tmp_path / "empty"),
    }
    said = project.mvenv("lock", "--offline", env=nowhere, check=False).err
    assert "\n  cause: top was not found in the cache\n" in said
    assert said.endswith(
        "\n\nhint: uv's cache does not hold all that is needed: run this once without `--offline`\n"
    )


@pytest.mark.parametrize("budget", ["0", "100"])
def test_a_limited_search(budget: str, published: ProjectFolder) -> None:
    document = json.loads(published.mvenv("lock", "--json", "--solve-timeout", budget).out)
    assert document["lower_bound"] <= len(document["groups"])
    assert document["proved"] is (document["lower_bound"] == len(document["groups"]))
    published.mvenv("lock")
    assert tomllib.loads(lock_text(published))["proved"] is True


def test_a_raised_bound_reaches_every_group(project: ProjectFolder, index: Index) -> None:
    """Nobody stays on a version that the project no longer allows, but for who cannot have another one."""
    for version in ("1.0", "1.1", "1.2"):
        index.add("vuln", version)
        index.add("base", version)
    index.add("use-a", "1", requires=["vuln", "base==1.0"])
    index.add("use-b", "1", requires=["vuln", "base==1.1"])
    index.add("use-c", "1", requires=["vuln<1.2", "base==1.2"])
    users = ["use-a", "use-b", "use-c"]
    project.pyproject([*users, "vuln==1.0"])
    project.mvenv("lock")
    assert [pins["vuln"] for pins in locked_pins(project)] == ["1.0"] * 3
    project.pyproject([*users, "vuln>=1.1"])
    project.mvenv("lock")
    assert sorted(pins["vuln"] for pins in locked_pins(project)) == ["1.1", "1.2", "1.2"]
    project.pyproject([*users, "vuln==1.1"])
    project.mvenv("lock")
    assert [pins["vuln"] for pins in locked_pins(project)] == ["1.1"] * 3
