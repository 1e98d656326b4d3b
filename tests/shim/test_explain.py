"""`runtime_shim.explain`: who sees which copy, and why, as plain text on stdout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World


def explained(world: World, *names: str, before: str = "") -> str:
    """Return what `explain` prints, the hashes in the folders' names left out."""
    calls = "".join(f"runtime_shim.explain({name!r})\n" for name in names)
    outcome = world.project.python("-c", f"import runtime_shim\n{before}\n{calls}")
    assert not outcome.err, outcome
    text = outcome.out.replace(f"python{world.interpreter.version}", "pythonX.Y")
    return re.sub(r"(py_modules/dep-\w)-[0-9a-f]+", r"\1", text)


IN_SEVERAL_VERSIONS = """\
shapes
  application  does not see it: the project does not declare it
               to use it here, add the one you mean to [project].dependencies in pyproject.toml and run `mvenv build`
  dep-a        shapes 1, its own
  dep-b        shapes 2, its own
  dep-c        shapes 1, from environment dep-a

  shapes 1  py_modules/dep-a/lib/pythonX.Y/site-packages/shapes/__init__.py
            STATE
            required by dep-a 1.0, dep-c 1.0
  shapes 2  py_modules/dep-b/lib/pythonX.Y/site-packages/shapes/__init__.py
            not loaded
            required by dep-b 2.0

More: mvenv why shapes
"""


def test_in_several_versions(mixing_world: World) -> None:
    """[explain] Each view's copy, own or borrowed, where it lies, who requires it; what to do where it isn't seen."""
    assert explained(mixing_world, "shapes") == IN_SEVERAL_VERSIONS.replace("STATE", "not loaded")
    after_import = explained(mixing_world, "shapes", before="import dep_a")
    assert after_import == IN_SEVERAL_VERSIONS.replace("STATE", "loaded")


def test_a_module_instead_of_a_name(mixing_world: World) -> None:
    """[explain] A module stands for its name, whichever version it is."""
    text = mixing_world.project.python(
        "-c", "import runtime_shim, dep_b; runtime_shim.explain(dep_b.shapes)"
    ).out
    assert text.startswith("shapes\n")
    assert text.count(" not loaded") == 1


def test_submodule(mixing_world: World) -> None:
    """[explain] A submodule of one version only, and one of both; nothing is imported to find out."""
    text = explained(mixing_world, "shapes.early", before="import dep_b")
    assert "  dep-a        shapes 1, its own\n" in text
    assert "  dep-b        shapes 2, which has no module shapes.early\n" in text
    assert text.count("site-packages/shapes/early.py\n            not loaded\n") == 1
    nobodys = explained(mixing_world, "shapes.nothing")
    assert nobodys.count("which has no module shapes.nothing") == 3


def test_what_the_application_declares(mixing_world: World) -> None:
    """[explain] A declared name is the application's too; other environments are told how to see it."""
    text = explained(mixing_world, "dep_b")
    assert "  application  dep-b 2.0, from environment dep-b\n" in text
    assert "  dep-a        does not see it: none of its distributions requires it\n" in text
    assert '"+dep-b" to [tool.mvenv.constraints]' in text
    assert "required by my-app 1.0\n" in text


@pytest.mark.parametrize(("name", "title"), [("Dep.B", "dep_b (of Dep.B)"), ("COMMON", "common (of COMMON)")])
def test_name_of_a_distribution(mixing_world: World, name: str, title: str) -> None:
    """[explain] A distribution's name, however it is spelled, leads to its import names."""
    text = explained(mixing_world, name)
    assert text.startswith(title + "\n")
    assert text.endswith(f"\nMore: mvenv why {name}\n")


def test_unversioned(mixing_world: World) -> None:
    """[explain] What is in one version is everybody's."""
    assert explained(mixing_world, "common", before="import common") == (
        "common\n"
        "  application  common 5, the one that all share\n"
        "  dep-a        common 5, the one that all share\n"
        "  dep-b        common 5, the one that all share\n"
        "  dep-c        common 5, the one that all share\n"
        "\n"
        "  common 5  .venv/lib/pythonX.Y/site-packages/common/__init__.py\n"
        "            loaded\n"
        "\n"
        "More: mvenv why common\n"
    )


def test_own_source(mixing_world: World) -> None:
    """[explain] A module of the project itself."""
    mixing_world.project.write("own_module.py", "VALUE = 1\n")
    text = explained(mixing_world, "own_module")
    assert "  application  own_module, the application's own source\n" in text
    assert "  own_module  own_module.py\n              not loaded\n" in text


def test_standard_library(mixing_world: World) -> None:
    """[explain] The standard library is one for everybody; built-in modules have no file."""
    text = explained(mixing_world, "xml.dom.pulldom", "sys", "json.nothing")
    assert text.startswith("xml.dom.pulldom: of the standard library, one for everybody\n  /")
    assert "xml/dom/pulldom.py\n  not loaded\n" in text
    assert "sys: of the standard library, one for everybody\n  built-in\n  loaded\n" in text
    assert text.endswith("json.nothing: the standard library has no such module\n")


def test_unknown(mixing_world: World) -> None:
    """[explain] A name that nobody has."""
    text = explained(mixing_world, "no_such_thing")
    assert text.startswith("no_such_thing: nobody has a module or a distribution of that name\n")
    assert "[project].dependencies" in text


def test_nothing_is_imported_for_it_before_its_use(mixing_world: World) -> None:
    """[start-up] The public functions are names until they are used."""
    program = "import runtime_shim, sys, dep_a; print(sorted(name for name in sys.modules if 'shim' in name))"
    loaded = mixing_world.project.python("-c", program).out
    for module in (
        "diagnosis.explain",
        "crossing.convert",
        "crossing.converters",
        "diagnosis.mixed_versions",
    ):
        assert f"runtime_shim.{module}" not in loaded
    assert "runtime_shim.diagnosis.exception_notes" in loaded


def test_public_names(mixing_world: World) -> None:
    """[names] Using them leaves them functions; what isn't there is an AttributeError as of any module."""
    answer = mixing_world.answer("""
        import json
        import runtime_shim
        names = ["explain", "convert", "register_converter", "ConversionError"]
        kinds = [[type(getattr(runtime_shim, name)).__name__ for name in names] for _ in range(2)]
        try:
            runtime_shim.nothing
        except AttributeError as error:
            message = str(error)
        print(json.dumps([kinds, message]))
        """)
    kinds = ["function", "function", "function", "type"]
    assert answer == [[kinds, kinds], "module 'runtime_shim' has no attribute 'nothing'"]
