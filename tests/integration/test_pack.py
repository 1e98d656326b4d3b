"""One archive of a project: it runs where it is unpacked, with nothing of mvenv's and no right to write."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import APP_PRINTS, copy, publish_conflict, tree
from tests.support.interpreters import running_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


@pytest.fixture(scope="module")
def archive(conflict: ProjectFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's, for any place."""
    path = tmp_path_factory.mktemp("packed") / "app.tar.gz"
    conflict.mvenv("pack", "--no-build", "-o", str(path))
    return path


@pytest.fixture
def unpacked(archive: Path, tmp_path: Path) -> Iterator[Path]:
    """The archive in a folder that nobody may write to."""
    folder = tmp_path / "un packed"
    unpack(archive, folder)
    allow_writing(folder, allowed=False)
    yield folder
    allow_writing(folder, allowed=True)


def unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="fully_trusted")


def allow_writing(folder: Path, *, allowed: bool) -> None:
    for path, _, files in os.walk(folder):
        os.chmod(path, 0o755 if allowed else 0o555)
        for name in files:
            if not os.path.islink(os.path.join(path, name)):
                mode = os.stat(os.path.join(path, name)).st_mode
                os.chmod(os.path.join(path, name), mode | 0o200 if allowed else mode & ~0o222)


def ran(*command: object, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Run a command in another folder, with no variable but PATH: no HOME above all."""
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd="/", env={"PATH": path}, capture_output=True, text=True, timeout=60, check=False
    )


def said(*command: object) -> str:
    done = ran(*command)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_runs_where_it_is_unpacked(unpacked: Path, conflict: ProjectFolder) -> None:
    before = tree(unpacked)
    python = unpacked / ".venv/bin/python"
    assert said(python, unpacked / "app.py") == APP_PRINTS
    assert said(unpacked / ".venv/bin/dep-a", "x") == "dep-a 1.0 x\n"
    code = "import sys, dep_a; print(sys.prefix, dep_a.__file__, dep_a.main.__code__.co_filename, sep='\\n')"
    prefix, *files = said(python, "-P", "-c", code).splitlines()
    assert prefix == str(unpacked / ".venv")
    assert [file for file in files if not file.startswith(f"{unpacked}/py_modules/")] == []
    assert tree(unpacked) == before
    texts = [path for path in unpacked.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in texts if str(conflict.root).encode() in path.read_bytes()] == []


def test_modules_are_compiled(unpacked: Path) -> None:
    """And those compiled are taken as they are: a start writes nothing, and reads no source."""
    code = "import dep_a, plain; print(dep_a.__cached__, plain.__cached__, sep='\\n')"
    for cached in said(unpacked / ".venv/bin/python", "-P", "-c", code).splitlines():
        with open(cached, "rb") as file:
            assert file.read(8)[4:] == b"\1\0\0\0"  # PEP 552: by hash, which nobody is to check


def test_the_same_bytes_from_another_folder_at_another_time(
    archive: Path, conflict: ProjectFolder, tmp_path: Path
) -> None:
    other = copy(conflict, tmp_path / "other")
    os.utime(other.root / "app.py", (1, 1))
    (other.root / "app.py").chmod(0o600)
    outcome = other.mvenv("pack", "-o", "app.tar.gz")
    assert outcome.out == f"{other.root / 'app.tar.gz'}\n"
    assert (other.root / "app.tar.gz").read_bytes() == archive.read_bytes()
    # It is not in the next one.
    told = json.loads(other.mvenv("pack", "-o", "app.tar.gz", "--json").out)
    assert (other.root / "app.tar.gz").read_bytes() == archive.read_bytes()
    assert {"path": "app.tar.gz", "reason": "archives"} in told["left_out"]
    assert told["bytes"] == archive.stat().st_size


def test_with_the_interpreter(conflict: ProjectFolder, tmp_path: Path) -> None:
    outcome = conflict.mvenv("pack", "--python", "-o", str(tmp_path / "app.tar"))
    assert "needs of the system: the C library" in outcome.err
    folder = tmp_path / "unpacked"
    unpack(tmp_path / "app.tar", folder)
    python = folder / ".venv/bin/python"
    assert said(python, folder / "app.py") == APP_PRINTS
    code = (
        "import ctypes, json, sys; print(sys.prefix, sys.base_prefix, json.__file__, sep='\\n')\n"
        "maps = open('/proc/self/maps').read().split()\n"
        "print(*sorted({each for each in maps if 'libpython' in each}), sep='\\n')"
    )
    prefix, base, *files = said(python, "-P", "-c", code).split()
    assert prefix == str(folder / ".venv")
    assert base == str(folder / ".python")
    assert [file for file in files if not file.startswith(base)] == []
    here = running_interpreter()
    assert not list(folder.glob(f".python/lib/python{here.version}/test"))


def test_for_one_place(conflict: ProjectFolder, tmp_path: Path) -> None:
    place = tmp_path / "app"
    conflict.mvenv("pack", "--prefix", f"{place}/", "-o", str(tmp_path / "app.tar.gz"))
    unpack(tmp_path / "app.tar.gz", place)
    start = (place / ".venv/bin/dep-a").read_text().splitlines()[0]
    assert start == f"#!{place}/.venv/bin/python" or len(start) > 127
    python = os.path.realpath(conflict.root / ".venv/bin/python")
    home = os.path.dirname(python)
    assert f"home = {home}\n" in (place / ".venv/pyvenv.cfg").read_text()
    assert said(place / ".venv/bin/dep-a", "x") == "dep-a 1.0 x\n"
    said(place / ".venv/bin/relocate", python)
    assert "home =\n" in (place / ".venv/pyvenv.cfg").read_text()
    assert said(place / ".venv/bin/dep-a", "x") == "dep-a 1.0 x\n"


def test_another_interpreter(archive: Path, conflict: ProjectFolder, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    unpack(archive, folder)
    relocate = folder / ".venv/bin/relocate"
    real = os.path.realpath(conflict.root / ".venv/bin/python")
    (folder / ".venv/bin/python").unlink()
    (folder / ".venv/bin/python").symlink_to("/nowhere/python3")
    assert said(relocate, conflict.root / ".venv/bin/python") == f"Python is {real}\n"
    assert said(folder / ".venv/bin/python", folder / "app.py") == APP_PRINTS
    before = tree(folder)
    missing = ran(relocate, "/nowhere/python3")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith(
        "error: there is no such Python\n  cause: /nowhere/python3\n\nhint: name a"
    )
    (tmp_path / "other").write_text("#!/bin/sh\nprintf 'cpython-2\\n/nowhere\\n'\n")
    (tmp_path / "other").chmod(0o755)
    other = ran(relocate, tmp_path / "other")
    assert other.returncode == 1
    assert other.stderr.startswith("error: this Python is of another kind\n  cause: ")
    assert tree(folder) == before


def test_an_interpreter_that_has_no_part_in_it(unpacked: Path) -> None:
    """Of a WSGI server, or a function in a cloud: it reads the folder, and the shim starts."""
    library = unpacked / ".venv/lib" / f"python{running_interpreter().version}" / "site-packages"
    program = (
        f"import runpy, site\nsite.addsitedir({str(library)!r})\nrunpy.run_path({str(unpacked / 'app.py')!r})"
    )
    foreign = os.path.realpath(unpacked / ".venv/bin/python")
    assert said(foreign, "-I", "-c", program) == APP_PRINTS


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_of_an_interpreter_that_has_no_part_in_it(
    method: str, unpacked: Path, tmp_path: Path
) -> None:
    """multiprocessing starts a Python of the host's; only its parent knows the folder."""
    library = unpacked / ".venv/lib" / f"python{running_interpreter().version}" / "site-packages"
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing, site, sys\n"
        f"if __name__ == '__main__': site.addsitedir({str(library)!r})\n"
        "def work():\n"
        "    import dep_a, dep_b\n"
        "    print(dep_a.low_version, dep_b.low_version, any('static_view' in each for each in sys.path))\n"
        "if __name__ == '__main__':\n"
        f"    process = multiprocessing.get_context({method!r}).Process(target=work)\n"
        "    process.start()\n"
        "    process.join()\n"
    )
    assert said(os.path.realpath(unpacked / ".venv/bin/python"), program) == "1.0 2.0 False\n"


def test_the_image_of_the_documentation(conflict: ProjectFolder, archive: Path, tmp_path: Path) -> None:
    """Built layer by layer: a change of the application leaves the layers of the environments what they are."""
    changed = copy(conflict, tmp_path / "changed")
    (changed.root / "app.py").write_text("import dep_b\nprint(dep_b.low_version)\n")
    changed.mvenv("pack", "-o", str(tmp_path / "changed.tar.gz"))
    before, image = built_image(archive, tmp_path / "1")
    after, _ = built_image(tmp_path / "changed.tar.gz", tmp_path / "2")
    assert before.keys() == after.keys()
    assert len(before) == 4  # two environments, .venv, the application
    assert [name for name in before if before[name] != after[name]] == ["."]
    assert said(image / "app/.venv/bin/python", image / "app/app.py") == APP_PRINTS


def built_image(archive: Path, place: Path) -> tuple[dict[str, object], Path]:
    """Do what docs/how-to/pack.md has a container engine do; return what each COPY has brought, and the image."""
    page = (Path(__file__).parents[2] / "docs/how-to/pack.md").read_text("utf-8")
    text = re.findall(r"```dockerfile\n(.*?)```", page, re.DOTALL)[0]
    copies = re.findall(r"COPY --from=unpacked /layers/py_modules/\S+ py_modules/\S+\n", text)
    with tarfile.open(archive) as tar:
        environments = [name for name in tar.getnames() if re.fullmatch("py_modules/[^/]+", name)]
    own = [copies[0].replace(copies[0].split()[-1], name) for name in environments]
    stage, layers = place, dict[str, object]()
    for line in text.replace("".join(copies), "".join(own)).splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            stage = place / (rest.partition(" AS ")[2] or "image")
            (stage / "app").mkdir(parents=True)
        elif instruction == "ADD":
            unpack(archive, stage / "app")
        elif instruction == "RUN":
            python = os.path.realpath(sys.executable)
            command = rest.replace("/usr/local/bin/python3.11", python)
            subprocess.run(re.sub(r"/(?=app|layers)", f"{stage}/", command), shell=True, check=True)
        elif instruction == "COPY":
            origin, target = rest.removeprefix("--from=unpacked ").split()
            shutil.copytree(
                f"{place}/unpacked{origin}", stage / "app" / target, symlinks=True, dirs_exist_ok=True
            )
            layers[target] = described(Path(f"{place}/unpacked{origin}"))
    return layers, stage


def described(folder: Path) -> list[tuple[object, ...]]:
    """Name, mode, time and content of every file: what the digest of a layer is made from."""
    found: list[tuple[object, ...]] = []
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        is_file = path.is_file() and not path.is_symlink()
        time = status.st_mtime if is_file else 0  # links and folders are made in a stage
        found.append((path.relative_to(folder).as_posix(), status.st_mode, time, content))
    return found


def test_a_stale_project(built: ProjectFolder) -> None:
    shutil.rmtree(built.root / "py_modules")
    before = tree(built.root)
    refused = built.mvenv("pack", "--no-build", check=False)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("error: `py_modules` is missing\n")
    assert tree(built.root) == before
    packed = built.mvenv("pack")
    assert "Built" in packed.err
    assert packed.out.startswith(f"{built.root}/dist/my-app-1.0-py")
    assert [path.name for path in (built.root / "dist").iterdir()] == [os.path.basename(packed.out.strip())]


def test_a_damaged_environment(built: ProjectFolder) -> None:
    [module] = built.root.glob("py_modules/*/lib/*/site-packages/dep_b.py")
    module.unlink()
    module.write_text("low_version = 'changed'\n")
    refused = built.mvenv("pack", "--no-build", check=False)
    assert refused.err.startswith("error: an environment has been changed since it was built\n")
    assert not (built.root / "dist").exists()


def test_editable_installs(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    """Their sources come along from the project, whatever git thinks of them; from elsewhere they cannot."""
    publish_conflict(index)
    for place in (project.root / "libraries/near", tmp_path / "far"):
        write_local_project(
            place, place.name, place.name, "import low\nprint(low.__version__)\n", requires=["low"]
        )
    near = 'near = {path = "libraries/near", editable = true}\n'
    project.pyproject(["near"], f"[tool.uv.sources]\n{near}")
    project.write("app.py", "import near\n")
    project.write(".gitignore", "libraries\n.venv\n")
    subprocess.run(["git", "init", "-q", str(project.root)], check=True)
    project.mvenv("pack", "-o", str(tmp_path / "app.tar.gz"))
    unpack(tmp_path / "app.tar.gz", tmp_path / "unpacked")
    shutil.move(project.root / "libraries", tmp_path / "away")
    assert said(tmp_path / "unpacked/.venv/bin/python", tmp_path / "unpacked/app.py") == "2.0\n"
    shutil.move(tmp_path / "away", project.root / "libraries")
    far = f'far = {{path = "{tmp_path / "far"}", editable = true}}\n'
    project.pyproject(["near", "far"], f"[tool.uv.sources]\n{near}{far}")
    refused = project.mvenv("pack", "-o", str(tmp_path / "second.tar.gz"), check=False)
    assert refused.code == 1
    assert "error: `far` in `.venv` is an editable install that cannot be packed\n" in refused.err
    assert not (tmp_path / "second.tar.gz").exists()
