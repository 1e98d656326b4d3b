"""Type checkers and editors: they read the application's versions, and leave `py_modules` alone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import typed_wheels
from tests.support.process import run
from tests.tools.language_client import language_client

if TYPE_CHECKING:
    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject
    from tests.tools.projects import ToolProjects

TOOLS = (
    "basedpyright",
    "pyright[nodejs]",
    "mypy",
    "ty",
    "pyrefly",
    "python-lsp-server",
    "deptry",
    "ruff",
    "pytest",
)

# What the application sees: no checker has anything to say.
RIGHT = """
    import bare
    import kit
    import kit1
    import needs_one
    import needs_two
    import space.one
    import space.shared
    import space.two

    names: list[str] = [kit.LATE, kit1.LATE, space.one.NAME, space.shared.NAME, space.two.NAME]
    numbers: list[int] = [kit.make().second(), kit1.make().first(), bare.answer(), needs_two.made().second()]
    used = needs_one.made
    """
# The versions exchanged, and the stubs' answer taken for what it is not: three mistakes, one a line.
WRONG = """
    import bare
    import kit
    import kit1

    kit.make().first()
    kit1.make().second()
    text: str = bare.answer()
    """
MISTAKES = [5, 6, 7]

CHECKERS = {
    "mypy": ["mypy", "--strict", "--no-error-summary", "--cache-dir=/dev/null"],
    "pyright": ["pyright"],
    "basedpyright": ["basedpyright", "--level", "error"],
    "ty": ["ty", "check", "--output-format", "concise"],
    "pyrefly": ["pyrefly", "check", "--preset", "default", "--output-format", "min-text"],
}
SERVERS = {
    "pyright": ["pyright-langserver", "--stdio"],
    "basedpyright": ["basedpyright-langserver", "--stdio"],
    "ty": ["ty", "server"],
    "pyrefly": ["pyrefly", "lsp"],
    "python-lsp-server": ["pylsp"],
}


@pytest.fixture
def project(tool_project: ToolProject, tool_projects: ToolProjects) -> ProjectFolder:
    typed_wheels.publish(tool_projects.publish())
    return tool_project(*typed_wheels.DIRECT, *TOOLS, extra=typed_wheels.ALIASES)


def each(commands: dict[str, list[str]], what: str) -> list[object]:
    """Return a parameter for each tool, of whose row the test then is."""
    return [
        pytest.param(command, id=tool, marks=pytest.mark.tool(tool, how=what.format(" ".join(command[:2]))))
        for tool, command in commands.items()
    ]


def ran(project: ProjectFolder, *command: str) -> Outcome:
    return project.mvenv("run", "--no-build", *command, check=False)


def activated(project: ProjectFolder) -> dict[str, str]:
    """Return the variables of an editor that was started in the activated environment."""
    folder = project.root / ".venv"
    path = f"{folder / 'bin'}{os.pathsep}{project.environment['PATH']}"
    return {**project.environment, "VIRTUAL_ENV": str(folder), "PATH": path}


@pytest.mark.slow
@pytest.mark.parametrize("command", each(CHECKERS, "`mvenv run {0}`"))
def test_checked(command: list[str], project: ProjectFolder) -> None:
    """The application's versions, an alias, portions of a namespace package, stubs and `py.typed`."""
    project.write("right.py", RIGHT)
    project.write("wrong.py", WRONG)
    right = ran(project, *command, "right.py")
    assert right.code == 0, right
    wrong = ran(project, *command, "wrong.py")
    assert wrong.code == 1, wrong
    assert sorted({int(line) for line in re.findall(r"wrong\.py:(\d+)", wrong.out)}) == MISTAKES, wrong


@pytest.mark.slow
@pytest.mark.tool("mypy", how="in an environment of its own: reads the application's versions all the same")
def test_isolated(tool_project: ToolProject, tool_projects: ToolProjects) -> None:
    """What a person has written is read with the application's view, whoever reads it."""
    typed_wheels.publish(tool_projects.publish())
    project = tool_project(*typed_wheels.DIRECT, "mypy", isolate=("mypy",), extra=typed_wheels.ALIASES)
    project.write("right.py", RIGHT)
    for command in (["mypy"], ["python", "-m", "mypy"]):
        done = ran(project, *command, *CHECKERS["mypy"][1:], "right.py")
        assert done.code == 0, done


@pytest.mark.slow
@pytest.mark.tool("mypy", how="from elsewhere: `mypy --python-executable .venv/bin/python`")
@pytest.mark.tool(
    "pyright", how="from elsewhere: `pyright --pythonpath .venv/bin/python`, or `venv` in its settings"
)
@pytest.mark.tool("ty", how="from elsewhere: `ty check --python .venv`")
@pytest.mark.tool("pyrefly", how="from elsewhere: `pyrefly check --python-interpreter-path .venv/bin/python`")
def test_from_elsewhere(project: ProjectFolder, tmp_path: Path) -> None:
    """A checker that is told which environment is meant, by its interpreter or by its folder."""
    project.write("right.py", RIGHT)
    project.write("venv.json", json.dumps({"venvPath": ".", "venv": ".venv", "include": ["right.py"]}))
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    bin_ = project.root / ".venv/bin"
    python = str(bin_ / "python")
    for command in (
        ["mypy", "--strict", "--cache-dir=/dev/null", "--python-executable", python, "right.py"],
        ["basedpyright", "--level", "error", "--pythonpath", python, "right.py"],
        ["basedpyright", "--level", "error", "-p", "venv.json"],
        ["ty", "check", "--python", str(project.root / ".venv"), "right.py"],
        ["pyrefly", "check", "--python-interpreter-path", python, "right.py"],
    ):
        done = run((str(bin_ / command[0]), *command[1:]), cwd=project.root, env=variables, check=False)
        assert done.code == 0, done


@pytest.mark.slow
@pytest.mark.parametrize("command", each(SERVERS, "`{0}`: go to definition"))
def test_go_to_definition(command: list[str], project: ProjectFolder) -> None:
    file = project.write("right.py", RIGHT)
    program = [str(project.root / ".venv/bin" / command[0]), *command[1:]]
    with language_client(program, project.root, activated(project)) as client:
        second, first = (
            client.definitions_of(file, ".second"),
            client.definitions_of(file, "kit1.make().first"),
        )
        portion = client.definitions_of(file, "space.two")
    assert [path.relative_to(project.root).parts[-2:] for path in second] == [("kit", "core.py")]
    assert "def second" in second[0].read_text()
    # What an alias stands for imports itself by its own name: a copy that does so by the alias, line for line.
    assert [path.name for path in first] == ["core.py"]
    assert "def first" in first[0].read_text()
    assert [path.parts[-3:] for path in portion] == [("space", "two", "__init__.py")]
    assert all(path.is_relative_to(project.root / "py_modules") for path in (*second, *portion))


@pytest.mark.slow
@pytest.mark.tool("pyrefly", how="a file in `py_modules`, in the project's folder, sees its environment")
@pytest.mark.tool("pyright", how="a file in `py_modules` sees its environment if that folder is opened")
@pytest.mark.tool("ty", how="a file in `py_modules` sees its environment if that folder is opened")
@pytest.mark.parametrize("tool", ["pyrefly", "pyright", "basedpyright", "ty"])
def test_in_a_library(tool: str, project: ProjectFolder) -> None:
    """A file of an isolated environment sees that environment's versions, not the application's."""
    [file] = project.root.glob("py_modules/*/lib/python3*/site-packages/needs_one/__init__.py")
    environment = file.parents[4]
    program = [str(project.root / ".venv/bin" / SERVERS[tool][0]), *SERVERS[tool][1:]]
    root = project.root if tool == "pyrefly" else environment
    with language_client(program, root, activated(project)) as client:
        found = client.definitions_of(file, "kit.Kit")
    assert found == [file.parents[1] / "kit/core.py"]


@pytest.mark.slow
@pytest.mark.tool("python-lsp-server", how="a file in `py_modules`: with that environment activated")
def test_jedi_in_a_library(project: ProjectFolder) -> None:
    [file] = project.root.glob("py_modules/*/lib/python3*/site-packages/needs_one/__init__.py")
    environment = file.parents[4]
    variables = {**activated(project), "VIRTUAL_ENV": str(environment)}
    with language_client([str(project.root / ".venv/bin/pylsp")], environment, variables) as client:
        assert client.definitions_of(file, "kit.Kit") == [file.parents[1] / "kit/core.py"]


@pytest.mark.tool("jedi", how="in the project (IPython, editors): definitions and completions")
def test_jedi(tool_project: ToolProject, tool_projects: ToolProjects) -> None:
    """Asked more than once: its helper process goes on."""
    typed_wheels.publish(tool_projects.publish())
    project = tool_project(*typed_wheels.DIRECT, "jedi", extra=typed_wheels.ALIASES)
    project.write("right.py", RIGHT)
    project.write(
        "ask.py",
        """
        import json, sys
        import jedi

        source = open("right.py").read()
        lines = source.splitlines()

        def place(text):
            number = next(number for number, line in enumerate(lines) if text in line)
            return number + 1, lines[number].index(text) + len(text) - 1

        found = []
        for _ in range(2):
            script = jedi.Script(source, path="right.py", project=jedi.Project("."))
            for text in (".second", "kit1.make().first", "bare.answer", "space.two"):
                places = script.goto(*place(text), follow_imports=True, prefer_stubs=True)
                found.append([str(one.module_path) for one in places])
            names = jedi.Script("import kit", path="more.py", project=jedi.Project(".")).complete(1, 10)
            found.append(sorted(one.name for one in names))
        print(json.dumps(found))
        """,
    )
    found = json.loads(ran(project, "python", "ask.py").out)
    assert found[:5] == found[5:]
    (second,), (first,), (stub,), (portion,), names = found[:5]
    assert "def second" in Path(second).read_text() and "def first" in Path(first).read_text()
    assert stub.endswith("/bare-stubs/__init__.pyi")
    assert portion.endswith("/space/two/__init__.py")
    assert {"kit", "kit1"} <= set(names)


WANDERERS = {
    "mypy": ["mypy", "--cache-dir=/dev/null", "."],
    "pyright": ["pyright"],
    "basedpyright": ["basedpyright"],
    "ty": ["ty", "check", "--output-format", "concise"],
    "ruff": ["ruff", "check", "--no-cache", "--select", "ALL", "--output-format", "concise", "."],
    "deptry": ["deptry", "."],
    "pytest": ["pytest", "--collect-only", "-q", "-p", "no:cacheprovider"],
}


@pytest.mark.slow
@pytest.mark.parametrize("command", each(WANDERERS, "`{0}` over the whole project leaves `py_modules` out"))
def test_py_modules_is_left_out(command: list[str], project: ProjectFolder) -> None:
    """Each finds the mistake that is the project's own, and none of what is in the environments."""
    project.write("mine/test_mine.py", "import nowhere\n\nx: int = 'text'\n")
    done = ran(project, *command)
    assert "test_mine.py" in done.out + done.err, done
    assert "py_modules" not in done.out + done.err, done


@pytest.mark.slow
@pytest.mark.tool(
    "pyrefly",
    limit="over the whole project it reads `py_modules`, unless told not to: it honours ignore files in the "
    "project's own folder alone",
)
def test_pyrefly_reads_everything(project: ProjectFolder) -> None:
    assert "py_modules" in ran(project, *CHECKERS["pyrefly"]).out
    project.write(".gitignore", "py_modules/\n")
    assert "py_modules" not in ran(project, *CHECKERS["pyrefly"]).out


@pytest.mark.slow
@pytest.mark.tool("pyrefly", how="over the whole project: after `mvenv init --tool pyrefly`")
@pytest.mark.parametrize("tool", [*WANDERERS, "pyrefly"])
def test_told_by_init(tool: str, project: ProjectFolder) -> None:
    """A project that has a list of its own, which may replace what a tool leaves out by itself."""
    project.write("mine/test_mine.py", "import nowhere\n\nx: int = 'text'\n")
    pyproject = project.root / "pyproject.toml"
    before = pyproject.read_text()
    try:
        pyproject.write_text(
            f'{before}\n[tool.pyright]\nexclude = ["old"]\n[tool.basedpyright]\nexclude = ["old"]\n'
        )
        project.mvenv("init", *(f"--tool={name}" for name in (*WANDERERS, "pyrefly")))
        program, *arguments = {**CHECKERS, **WANDERERS}[tool]
        command = (str(project.root / ".venv/bin" / program), *arguments)  # `mvenv run` would build first
        done = run(command, cwd=project.root, env=activated(project), check=False)
    finally:
        pyproject.write_text(before)
    assert "test_mine.py" in done.out + done.err, done
    assert "py_modules" not in done.out + done.err, done


@pytest.mark.slow
@pytest.mark.tool("pylint", how="`mvenv run pylint app.py`, `-j 2`")
@pytest.mark.parametrize("isolate", [(), ("pylint",)], ids=["shared", "isolated"])
def test_pylint(isolate: tuple[str, ...], tool_project: ToolProject, tool_projects: ToolProjects) -> None:
    """It looks for modules in its own process, and infers from what it finds."""
    typed_wheels.publish(tool_projects.publish())
    project = tool_project(*typed_wheels.DIRECT, "pylint", isolate=isolate, extra=typed_wheels.ALIASES)
    project.write("right.py", RIGHT)
    project.write("wrong.py", WRONG)
    for jobs in ("1", "2"):
        done = ran(project, "pylint", "-j", jobs, "-E", "right.py", "wrong.py")
        found = re.findall(r"^(\w+\.py):(\d+):.*\((.*)\)$", done.out, re.MULTILINE)
        assert found == [("wrong.py", str(line), "no-member") for line in MISTAKES[:2]], done


@pytest.mark.slow
@pytest.mark.tool("deptry", how="`mvenv run deptry .`; an import alias is `known_first_party`")
def test_deptry(project: ProjectFolder) -> None:
    """Imports of isolated distributions are those of declared requirements; what is not declared is told."""
    project.write("right.py", RIGHT)
    project.write("undeclared.py", "import attr, nowhere\n")
    done = ran(project, "deptry", ".", "--no-ansi", "--known-first-party", "kit1")
    told = sorted(re.findall(r"^(\w+\.py):\d+:\d+: (DEP\d+) '(\w+)'", done.out + done.err, re.MULTILINE))
    assert told == [("undeclared.py", "DEP001", "attr"), ("undeclared.py", "DEP001", "nowhere")], done
