"""A project with a build system is installed, editable: it can be imported, and its commands run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import copy, publish_conflict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

SOURCE = """
def main():
    import dep_a, dep_b
    print(dep_a.low_version, dep_b.low_version)
"""
SEEN = "import importlib.metadata as m, shop; shop.main(); print(m.version('shop'), shop.__file__)"


@pytest.fixture
def shop(project: ProjectFolder, index: Index) -> ProjectFolder:
    """A package whose two dependencies are in a conflict."""
    publish_conflict(index)
    write_local_project(project.root, "shop", "shop", SOURCE, requires=["dep-a", "dep-b"])
    return project


def edit(project: ProjectFolder, old: str, new: str) -> None:
    file = project.root / "pyproject.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_it_is_imported_from_its_source(shop: ProjectFolder, tmp_path: Path) -> None:
    built = shop.mvenv("build").err
    assert "and `shop` itself" in built
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = shop.write("elsewhere/program.py", SEEN)
    source = shop.root / "src/shop.py"
    assert shop.mvenv("run", "python", str(program)).out == f"1.0 2.0\n1.0 {source}\n"
    source.write_text(SOURCE + "    print('changed')\n")
    assert "changed" in shop.mvenv("run", "python", str(program)).out
    assert shop.mvenv("build").err.startswith("Up to date")
    assert "nothing is wrong" in shop.mvenv("doctor").out
    moved = copy(shop, tmp_path / "moved")
    program = moved.root / "elsewhere/program.py"
    assert str(moved.root / "src/shop.py") in moved.mvenv("run", "--no-build", "python", str(program)).out


def test_what_makes_it_another(shop: ProjectFolder) -> None:
    shop.mvenv("build")
    edit(shop, 'version = "1.0"', 'version = "1.1"')
    assert shop.mvenv("run", "python", "-c", SEEN).out.split()[2] == "1.1"
    edit(shop, "[build-system]", "[tool.ruff]\nline-length = 99\n\n[build-system]")
    assert shop.mvenv("build").err.startswith("Up to date")
    shop.write("setup.cfg", "[metadata]\n")
    assert "itself" in shop.mvenv("build").err


def test_a_project_that_is_none_to_install(shop: ProjectFolder) -> None:
    edit(shop, "[build-system]", "[tool.uv]\npackage = false\n\n[build-system]")
    assert "itself" not in shop.mvenv("build").err
    assert shop.mvenv("run", "python", "-c", "import shop", check=False).code == 1
    edit(shop, "package = false", "package = 3")
    refused = shop.mvenv("build", check=False)
    assert refused.code == 1
    assert "tool.uv.package" in refused.err


def test_only_a_group(shop: ProjectFolder) -> None:
    edit(shop, "[build-system]", '[dependency-groups]\ndocs = ["plain"]\n\n[build-system]')
    assert "itself" not in shop.mvenv("build", "--only-group", "docs").err
    assert shop.mvenv("run", "--no-build", "python", "-c", "import shop", check=False).code == 1


def test_its_build_fails(shop: ProjectFolder) -> None:
    """What it requires is there all the same."""
    (shop.root / "backend.py").write_text("raise SystemExit('no luck today')")
    built = shop.mvenv("build").err
    assert "warning: `shop` itself, which has a `[build-system]`, is not installed\n" in built
    assert "no luck today" in built
    assert "package = false" in built
    assert "and `shop` itself" not in built
    assert shop.mvenv("run", "python", "-c", "import dep_a; print(dep_a.low_version)").out == "1.0\n"
    assert shop.mvenv("run", "python", "-c", "import shop", check=False).code == 1


@pytest.mark.parametrize("source", ["shop/__init__.py", pytest.param("shop.py", marks=pytest.mark.slow)])
def test_setuptools_does_not_take_py_modules_for_a_package(source: str, real_project: ProjectFolder) -> None:
    tables = """
        [project.scripts]
        shop = "shop:main"
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [tool.mvenv]
        isolate = ["six"]
    """
    real_project.pyproject(["six"], tables, name="shop")
    real_project.write(source, "def main():\n    import six\n    print(six.__name__)\n")
    built = real_project.mvenv("build", "--no-check").err
    assert "and `shop` itself" in built
    assert "warning" not in built
    elsewhere = ("-c", "import os, subprocess, sys; os.chdir('/'); subprocess.run(sys.argv[1])")
    command = str(real_project.root / ".venv/bin/shop")
    assert real_project.python(*elsewhere, command).out == "six\n"


def test_a_back_end_that_takes_py_modules_for_a_package(shop: ProjectFolder) -> None:
    (shop.root / "backend.py").write_text(
        "raise SystemExit('Multiple top-level packages: [shop, py_modules]')"
    )
    built = shop.mvenv("build").err
    assert 'for setuptools `packages = ["…"]`' in built
