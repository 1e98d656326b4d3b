"""Two numpys, whose C code imports numpy's own modules: each its own (a wheel for the platform from the index)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

PROGRAM = """
import importlib
import numpy, old_numpy

methods = importlib.import_module("numpy._core._methods")
asked, original = [], methods._mean
methods._mean = lambda *values, **options: asked.append(values) or original(*values, **options)
print(numpy.__version__, numpy.arange(3.0).mean(), len(asked))
print(old_numpy.__version__, old_numpy.arange(3.0).mean(), len(asked))
"""


@pytest.mark.usefixtures("interpreter")
def test_each_numpy_imports_its_own(real_project: ProjectFolder) -> None:
    """`ndarray.mean` looks `numpy._core._methods` up in C; there is no Python code of numpy's on the stack."""
    real_project.pyproject(["numpy==2.3.5"], '[tool.mvenv.aliases]\nold_numpy = "numpy==2.1.3"\n')
    said = real_project.mvenv("build").err
    assert "compiled code" not in said
    real_project.write("app.py", PROGRAM)
    assert real_project.python("app.py").out == "2.3.5 1.0 1\n2.1.3 1.0 1\n"
