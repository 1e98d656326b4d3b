"""Notebooks: IPython's kernel, run by nbclient, nbconvert and papermill, and as a kernel of any Jupyter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

TOOLS = ("ipykernel", "nbclient", "nbconvert", "papermill")
HOSTS = ("ipykernel", "ipython", "nbclient", "papermill")
ISOLATED = {"isolate": HOSTS, "extra": f"together = [{json.dumps(['dep-b', *TOOLS])}]\n"}
"""Where the kernel and whoever starts it see `lib` 2."""
PLACES = pytest.mark.parametrize(
    "place", [{}, pytest.param(ISOLATED, marks=pytest.mark.slow)], ids=["shared", "isolated"]
)

CELLS = {
    "import lib, dep_a, dep_b\nprint(lib.VERSION, dep_a.version(), dep_b.version())": "1 1 2\n",
    "def f():\n    import lib.late\n    return lib.late.VERSION\nprint(f())": "1\n",
    "import importlib, importlib.metadata\n"
    "print(importlib.import_module('lib').VERSION, importlib.metadata.version('lib'))": "1 1\n",
    "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor() as pool: print(pool.submit(importlib.import_module, 'lib').result().VERSION)": "1\n",
    "async def g():\n    import lib\n    return lib.VERSION\nprint(await g())": "1\n",
    "%run script.py": "script 1 2\n",
    "!python script.py": "script 1 2\r\n",
    "%%python\nimport lib; print('python', lib.VERSION)": "python 1\n",
    "%%time\nprint(__import__('lib').VERSION)": "1\n",
    "import subprocess, sys\n"
    "print(subprocess.run([sys.executable, 'script.py'], capture_output=True, text=True).stdout)": "script 1 2\n\n",
    "%load_ext autoreload\n%autoreload 2\nimport reloaded; print(reloaded.f())": "before 1\n",
    "import os, pathlib\n"
    "text = pathlib.Path('reloaded.py').read_text().replace('before', 'afterwards')\n"
    "pathlib.Path('reloaded.py').write_text(text); os.utime('reloaded.py', (4e9, 4e9));": "",
    "print(reloaded.f())": "afterwards 1\n",
}

EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read("cells.ipynb", 4)
nbclient.NotebookClient(notebook, kernel_name=sys.argv[1] if sys.argv[1:] else "python3").execute()
nbformat.write(notebook, "done.ipynb")
"""


def with_cells(project: ProjectFolder) -> ProjectFolder:
    """Write the notebook and what its cells use."""
    cells = [
        {"cell_type": "code", "id": f"cell-{number}", "source": source, "metadata": {}, "outputs": []}
        | {"execution_count": None}
        for number, source in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (project.root / "cells.ipynb").write_text(json.dumps(notebook))
    project.write("script.py", "import lib, dep_b\nprint('script', lib.VERSION, dep_b.version())\n")
    project.write("reloaded.py", "def f():\n    import lib\n    return f'before {lib.VERSION}'\n")
    project.write("execute.py", EXECUTE)
    return project


def shown(file: Path) -> list[str]:
    """Return what the cells of a notebook have printed, without what `%%time` adds."""
    cells: list[dict[str, Any]] = json.loads(file.read_text())["cells"]
    texts = []
    for cell in (cell for cell in cells if "injected-parameters" not in cell["metadata"].get("tags", [])):
        assert not [each for each in cell["outputs"] if each["output_type"] == "error"], cell
        text = "".join("".join(each.get("text", "")) for each in cell["outputs"])
        texts.append(text.partition("CPU times")[0])
    return texts


@pytest.mark.tool("ipykernel", how="a cell; `%run`, `%%python`, `%autoreload`, `!python`, threads, `await`")
@PLACES
def test_nbclient(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """Cells and what they run see what the application sees."""
    project = with_cells(tool_project(*TOOLS, **place))
    project.mvenv("run", "python", "execute.py")
    assert shown(project.root / "done.ipynb") == list(CELLS.values())


@pytest.mark.tool("nbclient", how="`mvenv run jupyter execute notebook.ipynb`")
@pytest.mark.slow
@PLACES
def test_jupyter_execute(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """nbclient starts the kernel, as its own command."""
    project = with_cells(tool_project(*TOOLS, **place))
    project.mvenv("run", "jupyter", "execute", "cells.ipynb", "--inplace")
    assert shown(project.root / "cells.ipynb") == list(CELLS.values())


@pytest.mark.tool("nbconvert", how="`mvenv run jupyter nbconvert --execute notebook.ipynb`")
@pytest.mark.slow
@PLACES
def test_nbconvert(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """The same through nbconvert."""
    project = with_cells(tool_project(*TOOLS, **place))
    words = ("nbconvert", "--to", "notebook", "--execute", "cells.ipynb", "--output", "done")
    project.mvenv("run", "jupyter", *words)
    assert shown(project.root / "done.ipynb") == list(CELLS.values())


@pytest.mark.tool("papermill", how="`mvenv run papermill notebook.ipynb done.ipynb`")
@pytest.mark.slow
@PLACES
def test_papermill(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """The same through papermill, with a parameter."""
    project = with_cells(tool_project(*TOOLS, **place))
    project.mvenv("run", "papermill", "-p", "unused", "1", "cells.ipynb", "done.ipynb")
    assert shown(project.root / "done.ipynb") == list(CELLS.values())


@pytest.mark.tool(
    "Jupyter kernel", distribution="ipykernel", how="`mvenv kernel install`, then in any Jupyter"
)
@pytest.mark.slow
@PLACES
def test_kernel(tool_project: ToolProject, place: dict[str, Any], tmp_path: Path) -> None:
    """A kernel specification that starts the project, whoever reads it and wherever."""
    project = with_cells(tool_project(*TOOLS, **place))
    told = project.mvenv(
        "kernel", "install", "--name", "my-kernel", "--display-name", "Mine", "--prefix", str(tmp_path)
    )
    folder = tmp_path / "share/jupyter/kernels/my-kernel"
    assert told.out == (
        f"Installed kernel `my-kernel`, which Jupyter shows as `Mine`: {folder}\n"
        f"To undo it, delete that folder: `rm -r {folder}`\n"
    )
    assert json.loads((folder / "kernel.json").read_text())["display_name"] == "Mine"
    # Whoever starts it has not come from `mvenv run`: its PATH has no `.venv/bin`.
    project.python("execute.py", "my-kernel", env={"JUPYTER_PATH": str(tmp_path / "share/jupyter")})
    assert shown(project.root / "done.ipynb") == list(CELLS.values())
    again = project.mvenv("kernel", "install", "--name", "my-kernel", "--prefix", str(tmp_path))
    assert "my-app (mvenv)" in again.out


@pytest.mark.tool(
    "Jupyter kernel", distribution="ipykernel", how="`mvenv kernel install`, then in any Jupyter"
)
@pytest.mark.slow
def test_kernels_that_are_refused(tool_project: ToolProject, tmp_path: Path) -> None:
    """Nothing is overwritten that starts something else."""
    project = tool_project(*TOOLS)
    folder = tmp_path / "share/jupyter/kernels/my-app"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text('{"argv": ["/usr/bin/python3"]}')
    refusals = {
        (): ("there is another kernel `my-app` already", f"{folder} starts /usr/bin/python3"),
        ("--name", "a b"): ("`a b` is no name of a kernel", ""),
        ("--user",): ("`--user` and `--prefix` exclude each other", ""),
    }
    for words, (error, cause) in refusals.items():
        outcome = project.mvenv("kernel", "install", *words, "--prefix", str(tmp_path), check=False)
        assert outcome.code == (1 if cause else 2)
        assert f"error: {error}\n" in outcome.err and f"cause: {cause}" in outcome.err + "cause: ", outcome
    assert (folder / "kernel.json").read_text() == '{"argv": ["/usr/bin/python3"]}'


@pytest.mark.tool("ipykernel", how="a cell; `%run`, `%%python`, `%autoreload`, `!python`, threads, `await`")
@pytest.mark.slow
def test_shared_although_a_dependency_is_not(tool_project: ToolProject) -> None:
    """matplotlib-inline imports matplotlib, which is there for another numpy: no reason to isolate the kernel."""
    requirements = ("ydata-profiling==4.5.1", "pandas==2.2.3", "numpy>=2", "ipykernel", "nbclient")
    project = tool_project(*requirements)
    versioned = project.read_json("versioned_packages.json")
    assert not {"ipykernel", "ipython", "debugpy", "matplotlib-inline"} & set(versioned)
    project = with_cells(project)
    cell = "import pandas; print(pandas.__version__)"
    project.write("execute.py", EXECUTE.replace("notebook, kernel", "notebook, timeout=120, kernel"))
    notebook = json.loads((project.root / "cells.ipynb").read_text())
    notebook["cells"] = [{**notebook["cells"][0], "source": cell}]
    (project.root / "cells.ipynb").write_text(json.dumps(notebook))
    project.mvenv("run", "python", "execute.py")
    assert shown(project.root / "done.ipynb") == ["2.2.3\n"]
