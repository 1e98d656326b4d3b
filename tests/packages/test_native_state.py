"""Real packages whose native code keeps one state per process or thread: two versions, in both orders.

Each side's outcome must be what it is in a plain environment. Afterwards the first side is used again: it is the one
whose state the second has overwritten, where it can.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.packages import sides
from tests.support.interpreters import found_interpreters

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter

pytestmark = pytest.mark.index

_ORDER = """
import importlib, json

modules = [importlib.import_module(name) for name in {order!r}]
outcomes = [module.outcome_use() for module in modules]
print("found", json.dumps([*outcomes, modules[0].outcome_use()]))
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the two dependants require, and the body of a function that uses it."""

    requires: tuple[str, str]
    use: str
    python: str = "3.11"
    differ: bool = True
    """Whether the outcome tells the versions apart."""


_SCIPY = """
import scipy, scipy.fft, scipy.interpolate, scipy.optimize, scipy.spatial.distance, scipy.special, scipy.stats
best = scipy.optimize.linprog([-1, 4], A_ub=[[-3, 1], [1, 2]], b_ub=[6, 4], bounds=[(None, None), (-3, None)])
far = scipy.spatial.distance.cdist([[0, 0]], [[3, 4]])
return [scipy.__version__, best.fun, float(far[0, 0]), abs(scipy.fft.fft([1.0, 1.0])[0]), type(best).__name__]
"""
_LXML = """
import threading, lxml.etree, lxml.html, lxml.objectify
sheet = '<s:stylesheet version="1.0" xmlns:s="http://www.w3.org/1999/XSL/Transform"/>'
def parse():
    tree = lxml.etree.fromstring("<a><b c='1'>text</b></a>")
    lxml.etree.XSLT(lxml.etree.XML(sheet))(tree)
    try:
        lxml.etree.fromstring("<broken>")
    except lxml.etree.XMLSyntaxError as error:
        entry = str(error.error_log.last_error.type_name)
    return [tree[0].get("c"), lxml.html.fromstring("<p>x</p>").tag, lxml.objectify.fromstring("<r><v>3</v></r>").v + 0,
            entry]
found = [lxml.__version__, parse()]
thread = threading.Thread(target=lambda: found.append(parse()))
thread.start()
thread.join()
return found
"""
_TYPING_EXTENSIONS = """
import importlib.metadata, typing, typing_extensions
X, Y = typing_extensions.TypeVar("X"), typing.TypeVar("Y")
Z, P = typing_extensions.TypeVar("Z", default=int), typing_extensions.ParamSpec("P")
class Pair(typing.Generic[X, Y]): pass
class Defaulted(typing.Generic[Y, Z]): pass
class Called(typing.Generic[P, Y]): pass
found = [importlib.metadata.version("typing-extensions"), str(Pair[int, str]), str(Called[[int], str])]
for make in (lambda: Pair[int], lambda: Defaulted[int]):
    try:
        found.append(str(make()))
    except TypeError as error:
        found.append(str(error))
return found
"""
_DUCKDB = """
import duckdb
return [duckdb.__version__, duckdb.sql("select 42").fetchall(), type(duckdb.connect()).__name__,
        duckdb.connect().execute("select sum(range) from range(10)").fetchone()]
"""

_MATPLOTLIB = """
import io, matplotlib
matplotlib.use("agg")
import matplotlib.pyplot, matplotlib.ft2font
figure, axes = matplotlib.pyplot.subplots()
axes.contourf([[0, 1], [1, 2]])
axes.text(0, 0, "$x^2$")
image = io.BytesIO()
figure.savefig(image)
return [matplotlib.__version__, image.getvalue()[1:4].decode(), matplotlib.ft2font.__file__.rpartition("/")[2]]
"""

PAIRS = {
    "scipy, its registry in the builtins": Pair(
        ("scipy==1.15.3 numpy<2.3", "scipy==1.16.0 numpy<2.3"), _SCIPY
    ),
    "scipy, its registry in the interpreter's dict": Pair(
        ("scipy==1.15.3 numpy<2.3", "scipy==1.16.0 numpy<2.3"), _SCIPY, python="3.12"
    ),
    "scipy, far apart": Pair(("scipy==1.10.1 numpy<2", "scipy==1.14.1 numpy<2"), _SCIPY),
    "matplotlib, of pybind11 2 and 3": Pair(
        ("matplotlib==3.10.0 numpy<2.3", "matplotlib==3.10.7 numpy<2.3"), _MATPLOTLIB, python="3.12"
    ),
    "matplotlib, both of pybind11 3": Pair(
        ("matplotlib==3.10.7 numpy<2.3", "matplotlib==3.10.8 numpy<2.3"), _MATPLOTLIB, python="3.12"
    ),
    "duckdb": Pair(("duckdb==0.9.2", "duckdb==1.1.3"), _DUCKDB),
    "scikit-learn": Pair(
        ("scikit-learn==1.2.2 numpy<2 scipy<1.12", "scikit-learn==1.6.1 numpy<2"),
        """
import numpy, sklearn, sklearn.cluster, sklearn.ensemble, sklearn.neighbors
points = numpy.random.RandomState(0).rand(200, 4)
labels = (points[:, 0] > 0.5).astype(int)
forest = sklearn.ensemble.RandomForestClassifier(5, random_state=0).fit(points, labels)
return [sklearn.__version__, bool(forest.score(points, labels) > 0.9),
        int(sklearn.cluster.KMeans(2, n_init=1, random_state=0).fit(points).n_iter_ > 0),
        float(sklearn.neighbors.KDTree(points).query(points[:1])[0][0, 0])]
""",
    ),
    "sktime": Pair(
        ("sktime==0.24.1", "sktime==0.36.0 scikit-base==0.12.0"),
        """
import sktime
from sktime.datasets import load_airline
from sktime.forecasting.naive import NaiveForecaster
return [sktime.__version__, NaiveForecaster(strategy="last", sp=12).fit(load_airline()).predict([1, 2]).tolist()]
""",
    ),
    "faiss, of SWIG": Pair(
        ("faiss-cpu==1.7.4 numpy<2 packaging", "faiss-cpu==1.8.0 numpy<2 packaging"),
        """
import faiss
made = faiss.index_factory(8, "IVF4,Flat")
return [faiss.__version__, type(made) is faiss.IndexIVFFlat, isinstance(made.quantizer, faiss.Index),
        isinstance(faiss.downcast_index(made.quantizer), faiss.IndexFlat)]
""",
    ),
    "rdkit, of Boost.Python": Pair(
        ("rdkit==2023.9.6 numpy<2", "rdkit==2024.9.6 numpy<2"),
        """
import rdkit
from rdkit import Chem
from rdkit.Chem import Descriptors
molecule = Chem.MolFromSmiles("c1ccccc1O")
return [rdkit.__version__, type(molecule) is Chem.Mol, type(molecule.GetAtomWithIdx(0)) is Chem.Atom,
        round(Descriptors.MolWt(molecule), 2)]
""",
    ),
    "PySide6, its import hook": Pair(
        ("PySide6-Essentials==6.6.3", "PySide6-Essentials==6.8.1"),
        """
import PySide6.QtCore
from PySide6 import QtCore
class Emitter(QtCore.QObject):
    changed = QtCore.Signal(int)
seen, emitter = [], Emitter()
emitter.changed.connect(seen.append)
emitter.changed.emit(3)
import json, textwrap
return [PySide6.__version__, QtCore.qVersion(), QtCore.QUrl("http://host/path").path(), seen,
        isinstance(emitter, QtCore.QObject), json.__name__]
""",
    ),
    "numpy 1, what seterr sets": Pair(
        ("numpy==1.23.5", "numpy==1.26.4"),
        """
import numpy
if "chosen" not in globals():
    globals()["chosen"] = "raise" if numpy.__version__ < "1.25" else "ignore"
    numpy.seterr(divide=chosen)
return [numpy.__version__, numpy.geterr()["divide"]]
""",
    ),
    "jaxlib, of nanobind and pybind11": Pair(
        ("jax==0.4.35 jaxlib==0.4.35", "jax==0.4.36 jaxlib==0.4.36"),
        """
import jax, jax.numpy, jaxlib
compiled = jax.jit(lambda x: jax.numpy.sin(x).sum())
return [jaxlib.__version__, float(jax.grad(compiled)(jax.numpy.ones(3))[0])]
""",
        python="3.12",
    ),
    "lxml, what a thread keeps": Pair(("lxml==4.9.4", "lxml==5.3.0"), _LXML),
    "lxml, its latest": Pair(("lxml==5.3.0", "lxml==6.0.0"), _LXML, python="3.13"),
    "typing_extensions, before and after NoDefault": Pair(
        ("typing-extensions==4.8.0", "typing-extensions==4.13.2"), _TYPING_EXTENSIONS
    ),
    "typing_extensions, each with its NoDefault": Pair(
        ("typing-extensions==4.12.2", "typing-extensions==4.15.0"), _TYPING_EXTENSIONS, python="3.12"
    ),
    "setuptools, its distutils": Pair(
        ("setuptools==69.5.1", "setuptools==75.6.0"),
        """
import setuptools, setuptools.command.build_ext
import distutils.cmd, distutils.command.build_ext
return [setuptools.__version__, issubclass(setuptools.Command, distutils.cmd.Command),
        issubclass(setuptools.command.build_ext.build_ext, distutils.command.build_ext.build_ext)]
""",
    ),
}


# One of each kind of state; the others, of hundreds of megabytes, are for `scripts/test --slow`.
ALWAYS = (
    "scipy, its registry in the builtins",
    "duckdb",
    "numpy 1, what seterr sets",
    "lxml, what a thread keeps",
    "typing_extensions, before and after NoDefault",
    "setuptools, its distutils",
)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow) for name in PAIRS]
)
def test_both_orders(tmp_path: Path, name: str) -> None:
    pair = PAIRS[name]
    interpreter = _interpreter(pair.python)
    source = "def outcome_use():\n" + textwrap.indent(pair.use.strip(), "    ") + "\n"
    requires = {package: text.split() for package, text in zip(sides.PACKAGES, pair.requires, strict=True)}
    built = sides.build(tmp_path, interpreter, source, requires)
    built.assert_equal("use", differ=pair.differ)
    for order in (sides.PACKAGES, sides.PACKAGES[::-1]):
        built.project.write("order.py", _ORDER.format(order=order))
        out = built.project.python("order.py").out
        (line,) = (line for line in out.splitlines() if line.startswith("found "))
        expected = [built.found_in_plain[package]["use"] for package in (*order, order[0])]
        assert json.loads(line.removeprefix("found ")) == expected


def _interpreter(version: str) -> Interpreter:
    """Return that Python: the older versions of a pair have no wheels for later ones."""
    found = next((found for found in found_interpreters() if found.version == version), None)
    if found is None:
        pytest.skip(f"needs Python {version}")
    return found
