"""The project of the tests of pytest, coverage and hypothesis: a program, its tests, where each version's code is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

TOOLS = ("pytest", "pytest-xdist", "pytest-cov", "coverage>=7.10", "hypothesis")
NAMES = ("pytest", "pytest-xdist", "pytest-cov", "coverage", "hypothesis")

_PROGRAM = """
    import multiprocessing
    import subprocess
    import sys

    import dep_a
    import dep_b
    import lib
    import lib.late


    def versions():
        \"\"\"Say which versions there are.

        >>> versions()
        ['1', '1', '2', '1', '1', '2']
        >>> import lib; lib.VERSION
        '1'
        \"\"\"
        return [lib.VERSION, dep_a.version(), dep_b.version(), lib.late.VERSION, dep_a.imported(), dep_b.imported()]


    def doubled():
        return dep_a.call(lib.double, 2)  # of version 1; nobody calls that of version 2


    if __name__ == "__main__":
        print(versions(), doubled())
        for method in sys.argv[1:]:
            if method == "subprocess":
                command = [sys.executable, "child.py"]
                print(subprocess.run(command, capture_output=True, text=True, check=True).stdout, end="")
            else:
                with multiprocessing.get_context(method).Pool(1) as pool:
                    print(pool.apply(versions))
                    pool.close()
                    pool.join()
    """
_CHILD = """
    import dep_b
    import lib

    print(lib.VERSION, dep_b.version())
    """
_TESTS = """
    import sys

    import dep_a
    import dep_b
    import lib
    import pytest
    from program import doubled, versions


    def test_versions(each, monkeypatch):
        assert versions() == each == ["1", "1", "2", "1", "1", "2"]
        monkeypatch.setattr("lib.VERSION", "patched")
        assert versions()[:3] == ["patched", "patched", "2"]


    @pytest.mark.parametrize("number", range(4))
    def test_own(number):
        assert pytest.importorskip("lib") is lib is sys.modules["lib"]
        assert [dep_a.call(lambda: __import__("lib").VERSION), dep_b.call(lib.which)] == ["1", "1"]
        assert doubled() == 4
    """
_FIXTURES = """
    import lib.late
    import dep_a, dep_b
    import pytest

    @pytest.fixture
    def each():
        import lib
        return [lib.VERSION, dep_a.version(), dep_b.version(), lib.late.VERSION, dep_a.imported(), dep_b.imported()]
    """
TESTS = 5
"""How many tests there are."""
VERSIONS = "['1', '1', '2', '1', '1', '2']"
"""What the program prints of all sides."""


def write(project: ProjectFolder) -> None:
    """Write the program and its tests."""
    project.write("program.py", _PROGRAM)
    project.write("child.py", _CHILD)
    project.write("pytest.ini", "[pytest]\npythonpath = .\n")
    project.write("tests/conftest.py", _FIXTURES)
    project.write("tests/test_program.py", _TESTS)


def library(project: ProjectFolder, package: str) -> str:
    """Return the file of `lib` that a dependant uses, relative to the project."""
    pattern = f"py_modules/*/lib/python3*/site-packages/{package}"
    (found,) = project.root.glob(pattern)
    return str((found.parent / "lib" / "__init__.py").relative_to(project.root))
