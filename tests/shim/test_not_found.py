"""The error for an import that the caller's view does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

CATCH = """
def attempt(statement):
    try:
        exec(statement, globals())
    except ModuleNotFoundError as error:
        return [str(error), error.name, type(error.name).__name__, type(error).__name__]
"""


def test_in_the_application(world: World) -> None:
    """[application] The message names the environments, their versions and what to add, and where."""
    found = world.answer(f"import json\n{CATCH}\nprint(json.dumps(attempt('import duo')))\n")
    message, *rest = found
    assert rest == ["duo", "str", "ModuleNotFoundError"]
    assert message.startswith("No module named 'duo'")
    for version, package in (("1", "dep_a"), ("2", "dep_b"), ("3", "dep_c")):
        environment = world.home(package).relative_to(world.project.root / "py_modules").parts[0]
        # The folder's name is the environment's and a hash.
        assert f"environment {environment.rpartition('-')[0]} has duo {version}" in message
        assert f"has duo {version}, which {package.replace('_', '-')} uses" in message
    assert "add the one you mean to [project].dependencies in pyproject.toml" in message
    assert '("duo==1" or "duo==2" or "duo==3")' in message
    assert "`mvenv build`" in message


def test_in_an_environment(world: World) -> None:
    """[environment] The message says which environment asked, who has it, and the constraint to add."""
    name = world.add_probe(CATCH)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([a.attempt("import only_b"), b.attempt("from only_a import VERSION"),
                          a.attempt("__import__('importlib').import_module('only_b')"),
                          a.attempt("import dep_b.tools")]))
        """
    found = world.answer(program)
    expected = [
        ("dep-a", "only-b 2", "dep-b"),
        ("dep-b", "only-a 1", "dep-a"),
        ("dep-a", "only-b 2", "dep-b"),
    ]
    for (message, name_, kind, error), (asking, holding, holder) in zip(found[:3], expected, strict=True):
        import_name = holding.split()[0].replace("-", "_")
        assert (name_, kind, error) == (import_name, "str", "ModuleNotFoundError")
        assert message.startswith(f"No module named {import_name!r} in environment {asking}")
        assert f"environment {holder} has {holding}" in message
        assert f'"+{holding.split()[0]}"' in message  # a requirement: the distribution's name
        assert "[tool.mvenv.constraints]" in message
        assert "`mvenv build`" in message
    assert found[3][1] == "dep_b"


def test_nowhere(world: World) -> None:
    """[nowhere] What no environment has is reported as plain Python does."""
    name = world.add_probe(CATCH)
    program = f"""
        import json
        {CATCH.replace(chr(10), chr(10) + "        ")}
        from dep_a import {name} as a
        print(json.dumps([attempt("import absent"), a.attempt("import absent.deeper"), a.attempt("import duo.absent")]))
        """
    assert world.answer(program) == [
        ["No module named 'absent'", "absent", "str", "ModuleNotFoundError"],
        ["No module named 'absent'", "absent", "str", "ModuleNotFoundError"],
        ["No module named 'duo.absent'", "duo.absent", "str", "ModuleNotFoundError"],
    ]


@pytest.mark.parametrize("name", ["duo", "duo.deeper"])
def test_traceback(world: World, name: str) -> None:
    """[traceback] The last frame is the import statement: no frame of the shim."""
    outcome = world.program(f"import dep_a\nimport {name}\n", check=False)
    assert outcome.code == 1
    assert "runtime_shim" not in outcome.err
    assert "importlib" not in outcome.err
    assert f"    import {name}\n" in outcome.err


def test_guarded(world: World) -> None:
    """[optional] `try: import … except ImportError:` in a library works for what another environment has."""
    name = world.add_probe("""
        try:
            import only_b
        except ImportError:
            only_b = None
        try:
            from only_a import VERSION
        except ModuleNotFoundError:
            VERSION = None
        def look():
            return [only_b is not None, VERSION]
        """)
    program = f"""
        import json
        from dep_b import {name} as b
        from dep_a import {name} as a
        print(json.dumps([a.look(), b.look()]))
        """
    assert world.answer(program) == [[False, "1"], [True, None]]


def test_found_later(world: World) -> None:
    """[later] A name that failed once is found when a folder that has it comes onto the path."""
    world.project.write("later/duo.py", "VERSION = 'found later'\n")
    folder = str(world.project.root / "later")
    program = f"""
        import json, sys
        try:
            import duo
        except ModuleNotFoundError:
            sys.path.insert(0, {folder!r})
        import duo
        print(json.dumps(duo.VERSION))
        """
    assert world.answer(program) == "found later"
