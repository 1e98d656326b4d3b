"""A program that runs while the project is built again goes on with what it has begun with.

[lazy] What it imports afterwards, and the data that lies beside. [workers] The interpreters that it starts. [new] What
starts afterwards gets the new build. [swept] What was kept goes with the first build after the program's end, and a
build meanwhile has nothing to do for it. [held] The lock survives a fork and a daemon's closing of all descriptors, and
nothing that is started has a descriptor more. [unlockable] Without locks nothing is kept, and nothing is said.
[reload] A session takes the new build over when it says so.
"""

from __future__ import annotations

import json
import subprocess
import textwrap
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import pytest

from orchestrator.state.generations import is_used
from tests.integration.workshop import leftovers, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

# `shared` is one for all; `low` is there twice. Both come in a next version, and `gone` goes.
LIBRARY = {
    "NAME/__init__.py": "VERSION = 'NUMBER'\n",
    "NAME/late.py": "from NAME import VERSION as OF_PACKAGE\nVERSION = 'NUMBER'\n",
    "NAME/data.txt": "NUMBER",
}
BEGINNING = ["use-a==1", "use-b", "shared==1", "gone==1", "other==1"]
THEN = ["use-a==2", "use-b", "shared==2", "other==2"]

PROGRAM = """
    import json, os, sys
    import multiprocessing
    import shared, use_a, gone

    def worker(connection):
        import other, shared.late, use_a.late
        connection.send([other.VERSION, shared.late.VERSION, use_a.late.VERSION, use_a.low.VERSION])

    def of_process(kind):
        context = multiprocessing.get_context(kind)
        here, there = context.Pipe()
        process = context.Process(target=worker, args=(there,))
        process.start()
        there.close()
        found = here.recv()
        process.join()
        return found

    def main():
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps({name: globals()[name]() for name in sys.argv[1:]}), flush=True)

    def lazy():
        import shared.late, use_a.late, other, gone.late
        found = [shared.late.VERSION, shared.late.OF_PACKAGE, use_a.late.VERSION, other.VERSION, gone.late.VERSION]
        return [*found, use_a.of_low("late")]

    def data():
        import importlib.metadata, importlib.resources, pathlib, pkgutil
        import other
        return [
            importlib.resources.files("shared").joinpath("data.txt").read_text(),
            pathlib.Path(shared.__file__).with_name("data.txt").read_text(),
            pkgutil.get_data("shared", "data.txt").decode(),
            pathlib.Path(use_a.__file__).with_name("data.txt").read_text(),
            importlib.metadata.version("shared"),
            importlib.metadata.version("use-a"),
        ]

    def children():
        import subprocess
        code = "import other, shared.late, use_a; print(other.VERSION, shared.late.VERSION, use_a.VERSION)"
        own, grandchild = os.path.dirname(sys.executable), "subprocess.run([sys.executable, '-c', %r])"
        def out(*command, **how):
            return subprocess.run(command, stdout=subprocess.PIPE, text=True, **how).stdout
        elsewhere = os.path.join(os.getcwd(), ".venv", "lib")
        return [
            out(sys.executable, "-c", code),
            out(sys.executable, "-c", code, close_fds=False),
            out("python", "-c", code, env={**os.environ, "PATH": own}),
            out("python", "-c", code, env={**os.environ, "PATH": os.path.join(os.getcwd(), ".venv", "bin")}),
            out(".venv/bin/python", "-c", code),
            out(".venv/bin/python", "-c", code, close_fds=False),
            out("../bin/python", "-c", code, cwd=elsewhere),
            out(sys.executable, "-c", "import subprocess, sys; " + grandchild % code),
        ]

    def forked():
        read, write = os.pipe()
        if not os.fork():
            os.dup2(write, 1)
            os.execv(sys.executable, [sys.executable, "-c", "import shared.late; print(shared.late.VERSION)"])
        os.close(write)
        return os.fdopen(read).read()

    def spawn():
        return of_process("spawn")

    def forkserver():
        return of_process("forkserver")

    if __name__ == "__main__":
        main()
    """


@pytest.fixture(scope="module")
def built(workshop: Workshop) -> ProjectFolder:
    index, project = workshop.new("running")
    for number in ("1", "2"):
        for name in ("low", "shared", "other", "gone"):
            index.add(
                name,
                number,
                files={
                    path.replace("NAME", name): text.replace("NAME", name).replace("NUMBER", number)
                    for path, text in LIBRARY.items()
                },
            )
    for number in ("1", "2"):
        index.add(
            "use-a",
            number,
            requires=["low<2"],
            files={
                "use_a/__init__.py": f"import low\nVERSION = '{number}'\ndef of_low(name):\n"
                "    import importlib\n    return importlib.import_module('low.' + name).VERSION\n",
                "use_a/late.py": f"VERSION = '{number}'\n",
                "use_a/data.txt": number,
            },
        )
    index.add("use-b", "1", requires=["low>=2"])
    return project


@contextmanager
def running(project: ProjectFolder, *asked: str) -> Iterator[subprocess.Popen[str]]:
    """Start the program, and yield it when it has imported what it begins with."""
    command = [str(project.root / ".venv/bin/python"), "app.py", *asked]
    with subprocess.Popen(
        command,
        cwd=project.root,
        env=dict(project.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert pipe(process.stdout).readline() == "ready\n"
            yield process
        finally:
            process.kill()


def pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate("go on\n", timeout=60)
    found: dict[str, Any] = json.loads(out)
    return found


def begin(project: ProjectFolder) -> None:
    project.write("app.py", PROGRAM)
    project.pyproject(BEGINNING)
    project.mvenv("build", "--upgrade")


def test_goes_on_with_its_own(built: ProjectFolder) -> None:
    """[lazy] [workers] [new] [swept]"""
    begin(built)
    with running(built, "lazy", "data", "children", "forked", "spawn", "forkserver") as process:
        built.pyproject(THEN)
        built.mvenv("build")
        assert "Up to date" in built.mvenv("build").err
        new = built.python(
            "-c", "import shared.late, use_a, other; print(shared.late.VERSION, use_a.VERSION)"
        )
        assert new.out == "2 2\n"
        assert leftovers(built.root)
        found = answer(process)
    assert found["lazy"] == ["1"] * 6
    assert found["data"] == ["1"] * 6
    assert found["children"] == ["1 1 1\n"] * 8
    assert found["forked"] == "1\n"
    assert found["spawn"] == found["forkserver"] == ["1"] * 4
    built.mvenv("build")
    assert not leftovers(built.root)


HELD = """
    import os, sys, use_a
    use_a.of_low("late")
    if sys.argv[1] == "daemon":
        if os.fork():
            os._exit(0)
        os.closerange(3, 4096)
        one = os.open("/dev/null", os.O_RDONLY)
        assert one == 3
    elif sys.argv[1] == "execute":
        os.execv("/bin/sh", ["sh", "-c", "echo ready; ls -l /proc/$$/fd; read line"])
    print("ready", flush=True)
    sys.stdin.readline()
    """


@pytest.mark.parametrize(("way", "held"), [("plain", True), ("daemon", True), ("execute", False)])
def test_held(built: ProjectFolder, way: str, held: bool) -> None:
    """[held]"""
    built.write("hold.py", HELD)
    command = [str(built.root / ".venv/bin/python"), "hold.py", way]
    with subprocess.Popen(
        command,
        cwd=built.root,
        env=dict(built.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert pipe(process.stdout).readline() == "ready\n"
        assert is_used(built.root / ".venv") is held
        out, _ = process.communicate("\n")
        assert "pyvenv.cfg" not in out
    wait_for(lambda: not is_used(built.root / ".venv"), "the end of the process")


def test_cannot_be_locked(built: ProjectFolder) -> None:
    """[unlockable]"""
    program = """
        import errno, fcntl, os
        def refuse(*_):
            raise OSError(errno.ENOLCK, "no locks")
        fcntl.flock = refuse
        import use_a, os
        print(use_a.of_low("late"), any("pyvenv.cfg" in os.path.realpath(f"/proc/self/fd/{n}") for n in range(256)))
        """
    found = built.python("-c", textwrap.dedent(program))
    assert (found.out, found.err) == ("1 False\n", "")
