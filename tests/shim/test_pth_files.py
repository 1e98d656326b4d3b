"""`.pth` files inside environments, and editable installs."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from tests.shim import universe

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def test_path_line(world: World) -> None:
    """[path lines] A folder that a `.pth` file names is on its environment's path; its modules are versioned."""
    world.same_outcome("""
        import pathy_module, sys, lib
        def outcome():
            return [pathy_module.VERSION, pathy_module.__file__, sys.modules["pathy_module"] is pathy_module,
                    [entry for entry in sys.path if "pathy" in entry], pathy_module.__name__]
        """)


def test_import_line(world: World) -> None:
    """[import lines] A `.pth` file's import line has run, as its environment's code, before first use.

    (`site` runs it twice in a venv: once for the venv, once for all prefixes. Here it runs once.)
    """
    world.same_outcome("""
        import pathy_start
        def outcome():
            return pathy_start.STARTS[-1]
        """)
    name = world.add_probe("import pathy_start\n")
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([a.pathy_start.STARTS, b.pathy_start.STARTS]))
        """
    assert world.answer(program) == [[["1", "pathy_start"]], [["2", "pathy_start"]]]


def test_import_line_beside_a_thread(world: World) -> None:
    """[import lines] [no deadlock] What a line imports is half imported by another thread, which imports more."""
    (world.home("dep_a") / "late.pth").write_text("import wave\n", "utf-8")
    program = """
        import faulthandler, json, sys, threading, time
        import shared, dep_b
        faulthandler.dump_traceback_later(20, exit=True)
        halfway = threading.Event()
        def pause(event, arguments):
            if event == "exec" and arguments[0].co_filename.endswith("/wave.py"):
                halfway.set()
                time.sleep(0.3)
                import colorsys  # what needs importlib's lock
        assert not {"wave", "colorsys"} & set(sys.modules)
        sys.addaudithook(pause)
        thread = threading.Thread(target=__import__, args=("wave",))
        thread.start()
        assert halfway.wait(10)
        import dep_a
        thread.join()
        print(json.dumps([dep_a.VERSION, dep_b.VERSION]))
        """
    try:
        assert world.answer(program) == ["1", "2"]
    finally:
        (world.home("dep_a") / "late.pth").unlink()


def test_import_line_of_an_unused_environment(world: World) -> None:
    """[import lines] An environment that a program doesn't use costs it nothing: its lines don't run."""
    program = """
        import json, sys
        import shared
        print(json.dumps(sorted(name for name in sys.modules if "pathy" in name)))
        """
    assert world.answer(program) == []


def test_failing_import_line(world: World) -> None:
    """[import lines] A line that fails is reported on stderr and stops nothing, as `site` does it."""
    file = world.home("dep_a") / "failing.pth"
    file.write_text("import absent_at_all; absent_at_all.start()\nimport pathy_start; pathy_start.start()\n")
    try:
        outcome = world.program("import dep_a\n")
        quiet = world.program("import dep_b\n")
    finally:
        file.unlink()
    assert "failing.pth" in outcome.err
    assert "No module named 'absent_at_all'" in outcome.err
    assert quiet.err == ""


# What a PEP 517 backend has to do for an editable install, without a backend from anywhere.
BACKEND = """
import base64, hashlib, os, zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

get_requires_for_build_wheel = get_requires_for_build_editable

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "dep_e-1.0-py3-none-any.whl"
    here = os.path.dirname(os.path.abspath(__file__))
    info = "dep_e-1.0.dist-info/"
    files = {
        "__editable__dep_e.pth": os.path.join(here, "src") + "\\n",
        info + "METADATA": "Metadata-Version: 2.1\\nName: dep-e\\nVersion: 1.0\\nRequires-Dist: lib<2\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\\n"
        for path, text in files.items()
    )
    files[info + "RECORD"] = record + info + "RECORD,,\\n"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name

build_wheel = build_editable
"""


def test_editable_dependant(interpreter: Interpreter, project: ProjectFolder, index: Index) -> None:
    """[editable] An editable path dependency imports its own version, from its source folder, edits included."""
    universe.publish(index)
    project.write(
        "dep_e/pyproject.toml",
        """
        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]

        [project]
        name = "dep-e"
        version = "1.0"
        dependencies = ["lib<2"]
        """,
    )
    project.write("dep_e/backend.py", BACKEND)
    project.write("dep_e/src/dep_e/__init__.py", "import lib\nfrom . import inner\nVERSION = lib.VERSION\n")
    project.write(
        "dep_e/src/dep_e/inner.py",
        "def versions():\n    from importlib.metadata import version\n    from lib import late\n"
        "    return [late.VERSION, version('lib'), version('dep-e')]\n",
    )
    project.pyproject(["dep-e", "lib==2"], '[tool.uv.sources]\ndep-e = { path = "dep_e", editable = true }\n')
    project.mvenv("build")
    program = (
        "import json, lib, dep_e; from importlib.metadata import version\n"
        "print(json.dumps([dep_e.VERSION, dep_e.inner.versions(), lib.VERSION, version('lib'), dep_e.__file__]))"
    )
    file = str(project.root / "dep_e/src/dep_e/__init__.py")
    expected = ["1", ["1", "1", "1.0"], "2", "2", file]
    assert json.loads(project.python("-c", program).out) == expected
    project.write(
        "dep_e/src/dep_e/__init__.py", "import lib\nfrom . import inner\nVERSION = 'edited, ' + lib.VERSION\n"
    )
    assert json.loads(project.python("-c", program).out) == ["edited, 1", *expected[1:]]


# What setuptools writes into `*-nspkg.pth`.
NAMESPACE_LINE = (
    "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('ns',));"
    "importlib = __import__('importlib.util');__import__('importlib.machinery');"
    "m = sys.modules.setdefault('ns', importlib.util.module_from_spec("
    "importlib.machinery.PathFinder.find_spec('ns', [os.path.dirname(p)])));"
    "m = m or sys.modules.setdefault('ns', types.ModuleType('ns'));"
    "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n"
)


def test_namespace_lines(project: ProjectFolder, index: Index) -> None:
    """[import lines] A package that they make of an environment's own portions doesn't hide the others.

    As `zope.component` 5, isolated, beside `zope.interface` 5.
    """
    index.add("ns-one", "1", files={"ns/one/__init__.py": "", "ns-one-nspkg.pth": NAMESPACE_LINE})
    two = "from ns.one import __name__ as name\nimport ns.one\nassert ns.one.__name__ == name\n"
    index.add(
        "ns-two",
        "1",
        requires=["ns-one"],
        files={"ns/two/__init__.py": two, "ns-two-nspkg.pth": NAMESPACE_LINE},
    )
    project.pyproject(["ns-one", "ns-two"], '[tool.mvenv]\nisolate = ["ns-two"]\n')
    project.mvenv("build")
    for program in ("import ns.two", "import ns.one, ns.two", "import ns, ns.two, ns.one"):
        assert (
            project.python("-c", f"{program}\nprint(ns.two.name, len(list(ns.__path__)))").out == "ns.one 2\n"
        )


def test_start_files(world: World) -> None:
    """[entry points] A ``.start`` file's (PEP 829) run at first use, in place of a ``.pth`` file's lines."""
    since = world.interpreter.release >= (3, 15)
    home = world.home("dep_a")
    (home / "dep_a" / "beginning.py").write_text(
        "import lib\nran = []\ndef line():\n    ran.append('line')\ndef entry():\n    ran.append(lib.VERSION)\n",
        "utf-8",
    )
    (home / "beginning.pth").write_text("import dep_a.beginning; dep_a.beginning.line()\n", "utf-8")
    (home / "beginning.start").write_text(
        "# said\ndep_a.beginning:entry\n\ndep_a.beginning:nothing\n", "utf-8"
    )
    try:
        said = world.program("import dep_a.beginning; print(dep_a.beginning.ran)")
    finally:
        for name in ("beginning.pth", "beginning.start", "dep_a/beginning.py"):
            (home / name).unlink()
    assert said.out == ("['1']\n" if since else "['line']\n")
    assert ("Error in entry point dep_a.beginning:nothing" in said.err) is since


def test_what_a_line_imports_is_loaded_once(world: World) -> None:
    """[import lines] Also if it is the module whose first import makes the line run (coverage's, say)."""
    home = world.home("dep_a")
    (home / "again.pth").write_text("import dep_a; dep_a.marked = getattr(dep_a, 'marked', 0) + 1\n", "utf-8")
    try:
        assert world.answer("import json, dep_a; print(json.dumps(dep_a.marked))") == 1
    finally:
        (home / "again.pth").unlink()


def test_a_namespace_line_while_another_version_is_imported(project: ProjectFolder, index: Index) -> None:
    """[import lines] What it puts into `sys.modules` is the environment's at once, as protobuf 3.20's beside 4.25."""
    slowly = NAMESPACE_LINE.rstrip() + ";__import__('time').sleep(0.8)\n"
    index.add("spaced", "1.0", files={"ns/spaced/__init__.py": "VALUE = 1", "spaced-nspkg.pth": slowly})
    index.add("spaced", "2.0", files={"ns/spaced/__init__.py": "VALUE = 2"})
    for number in (1, 2):
        index.add(
            f"wants-{number}",
            "1.0",
            requires=[f"spaced=={number}.0"],
            files={f"wants_{number}.py": "from ns.spaced import VALUE\nimport ns\nNAME = ns.__spec__.name\n"},
        )
    project.pyproject(["wants-1", "wants-2"])
    project.mvenv("build")
    program = """
        import importlib, json, sys, threading, time
        beginning = threading.Thread(target=importlib.import_module, args=("wants_1",))
        beginning.start()
        time.sleep(0.4)  # the line has put it there
        plain = [name for name in list(sys.modules) if type(name) is str and name == "ns"]
        import wants_2
        beginning.join()
        import wants_1
        print(json.dumps([plain, wants_1.VALUE, wants_2.VALUE, type(wants_1.ns.__name__).__name__,
                          str(wants_1.NAME), str(wants_2.NAME)]))
        """
    assert json.loads(project.python("-c", textwrap.dedent(program)).out) == [[], 1, 2, "str", "ns", "ns"]
