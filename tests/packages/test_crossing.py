"""Objects of one version in the hands of the other: right, or an error that names both (`scripts/crossing_matrix`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.interpreters import found_interpreters, running_interpreter

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder

sys.path.append(str(Path(__file__).parents[2] / "scripts"))

from crossing import catalogue, report, runs

pytestmark = pytest.mark.index

# Python → two versions of numpy, two of pandas. The newest numpy 1 is for Python 3.12 at the most.
VERSIONS = {
    "3.11": (("2.0.2", "1.26.4"), ("2.2.3", "2.0.3")),
    "3.12": (("2.0.2", "1.26.4"), ("2.2.3", "2.1.4")),
    "3.13": (("2.1.3", "2.2.6"), ("2.2.3", "3.0.0")),
}

# What one copy does with its own arrays takes no step through the shim; neither do subclasses of its own.
OWN = """
import sys
import numpy as A, numpy_other as B
import numpy.core._multiarray_umath  # of numpy 2 a Python module, which extensions compiled for numpy 1 import

class Mine(A.ndarray):
    pass

class Dispatching(A.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        inputs = [one.view(A.ndarray) if isinstance(one, Dispatching) else one for one in inputs]
        return super().__array_ufunc__(ufunc, method, *inputs, **options)

seen = []
def note(frame, event, argument):
    if event == "call" and "process_state" in frame.f_code.co_filename:
        seen.append(frame.f_code.co_name)

for np in (A, B):
    a, m, mine = np.ones(3), np.matrix([[1.0]]), np.ones(3).view(Mine) if np is A else np.ones(3)
    masked = np.ma.array([1.0, 2.0], mask=[0, 1])
    records = np.rec.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f8")])
    sys.setprofile(note)
    np.log(a), a + a, a + 1, np.float64(2) * a, m * m, m + 1, mine + 1, masked + masked, np.log(masked), records.x + 1
    np.concatenate([a, mine]), np.where(a > 0, a, 0), np.sum(m), np.zeros(2, np.float32), np.asarray(m)
    np.datetime64("2024") - np.datetime64("2023"), np.add.reduce(m), np.copy(records), np.array([np.float64(1)])
    sys.setprofile(None)
    assert type(m + 1) is np.matrix and type(np.log(masked)) is np.ma.MaskedArray
    assert type(mine + 1) is type(mine)
    assert a.__array_struct__ is not None and np.ndarray.__array_ufunc__ is np.matrix.__array_ufunc__
    assert not hasattr(np.float64(1), "__array_ufunc__")
print(seen)
made = A.ones(2).view(Dispatching) + 1
print(made, A.log(A.ones(2).view(Dispatching)))
"""

# What pandas does with its own objects, with what a program's functions are given, and when it is asked about itself.
OWN_PANDAS = """
import _thread, copy, datetime, functools, inspect, pickle, time, traceback, warnings
import pandas as P, pandas_other as Q
import runtime_shim

t = P.Timestamp("2024-01-01")
assert hash(t) == hash(datetime.datetime(2024, 1, 1)) and t == datetime.datetime(2024, 1, 1) == t
assert datetime.datetime(2024, 1, 2) - t == P.Timedelta("1D") and datetime.timedelta(1) + t > t
for one in (t, P.NaT, P.NA, P.Period("2024"), P.isna, P.concat, P.api.types.is_integer, P.DataFrame.sum, P.Series([1])):
    for found in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert found is one or repr(found) == repr(one), one
    with runtime_shim.plain_pickles():
        pickle.loads(pickle.dumps(one))
assert list(inspect.signature(P.DataFrame.assign).parameters) == ["self", "kwargs"]
assert inspect.getsource(P.isna).startswith("def isna(")

def ask(frame):
    least = 2
    return frame.query("a > @least"), frame.eval("a + @least"), P.eval("least + 1")
assert len(ask(P.DataFrame({"a": [1, 2, 3]}))[0]) == 1

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    P.api.types.is_sparse(1)  # counts stack levels by a number
    P.date_range("2024", periods=2, freq="M")  # by the files of pandas
assert [one.filename for one in told] == [__file__] * 2, told

try:
    P.merge(P.DataFrame({"a": [1]}), P.DataFrame({"b": [1]}), on="c")
except KeyError as error:
    assert "runtime_shim" not in "".join(traceback.format_exception(error))
ended = []
_thread.start_new_thread(lambda: ended.append(P.isna(1)), ())
_thread.start_new_thread(P.isna, (1,))
while not ended:
    time.sleep(0.01)

assert inspect.getfullargspec(P.Series.clip).args == ["self", "lower", "upper"]
assert P.DataFrame({"a": [1, 2]}).apply("sum", axis=1).tolist() == [1, 2]  # asks for the signature
median = functools.partial(P.Series.quantile, q=0.5)
assert P.Series([1, 3]).agg([median]).index.tolist() == ["quantile"]

def chained():
    frame["a"].update(P.Series([2]))
    frame["a"].fillna(0, inplace=True)
    frame[["a"]]["a"] = 3
def in_steps():
    column, part = frame["a"], frame[["a"]]
    column.update(P.Series([2]))
    column.fillna(0, inplace=True)
    part["a"] = 3
with P.option_context("mode.copy_on_write", True):
    for work, expected in ((chained, 3), (in_steps, 0)):
        frame = P.DataFrame({"a": [1, None]})
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", P.errors.ChainedAssignmentError)
            work()  # pandas counts references
        assert len([one for one in told if one.category is P.errors.ChainedAssignmentError]) == expected, work

class Own(P.DataFrame):
    _constructor = property(lambda self: Own)
class Foreign(Q.DataFrame):
    pass
own = Own({"a": [1, 2]})
assert type(own[["a"]]) is type(own + 1) is type(P.concat([own, own])) is Own
try:
    P.concat([own, Foreign({"a": [1]})])
except TypeError as error:
    assert P.__version__ in str(error) and Q.__version__ in str(error)
else:
    raise AssertionError

q = Q.Series([1, 2])
given = []
own.pipe(lambda frame, other: given.append(other), q)
own["a"].apply(lambda value, other: given.append(other), args=(q,))
assert all(one is q for one in given) and len(given) == 3
values = [own, 1, "a", {"b": [t]}]
assert P.Series(values)[3] is values[3]
"""

# An error in compiled code has its note, an error of one version alone has none.
# What a program holds before a second copy is loaded; until then nothing of pandas is changed.
HELD_BEFORE = """
import functools, inspect
import pandas as P
from pandas import concat, isna
from pandas.api.types import is_datetime64_any_dtype, is_scalar  # a Python function and one made in C

held, method, alone = functools.partial(P.concat, axis=1), P.DataFrame.merge, P.Series([1]).add
codes = [one.__code__ for one in (concat, isna, method)]
P.Series([1, 2]).sum()
assert "runtime_shim.crossing.doors" not in __import__("sys").modules and "is_scalar" in P.api.types.is_scalar.__name__
def changed():
    return [one.__code__ is not code for one, code in zip((concat, isna, method), codes)]
assert not any(changed())

import pandas_other as Q
assert all(changed())
ours, theirs = P.DataFrame({"a": [1, 2]}, index=["x", "y"]), Q.DataFrame({"b": [3, 4]}, index=["y", "x"])
def shown(frame):
    assert type(frame) is P.DataFrame, type(frame)
    return frame.sort_index().to_dict("list")
assert shown(concat([ours, theirs], axis=1)) == shown(held([ours, theirs])) == {"a": [1, 2], "b": [4, 3]}
assert shown(method(ours, theirs, left_index=True, right_index=True)) == {"a": [1, 2], "b": [4, 3]}
assert isna(Q.Series([1.0, None])).tolist() == [False, True] and isna(Q.NaT)
assert alone(Q.Series([1])).tolist() == [2]
assert is_scalar(Q.NaT) and is_scalar is P.api.types.is_scalar
assert is_datetime64_any_dtype(Q.Series(Q.to_datetime(["2024-01-01"])))
assert list(inspect.signature(concat).parameters)[0] == "objs"
assert inspect.getsource(concat).lstrip().startswith(("@", "def "))
print("all right")
"""

NOTES = """
import numpy as A, numpy_other as B
from runtime_shim.diagnosis import exception_notes

a, b = A.ones(3), B.ones(3)
m, seed = B.matrix([[1.0]]), B.random.SeedSequence(1)
def made():
    return B.ones(2)
def of_one():
    return A.ones(2)
for code, noted in {
    "b.setfield(a, 'no')": True,
    "A.random.PCG64(seed)": True,
    "a *= m": True,
    "b.flat[A.array([0, 1])]": True,
    "a.flat[b]": True,
    "a.setfield(made(), 'no')": True,
    "a.setfield(B.ones(2), 'no')": True,
    "a.setfield(of_one(), 'no')": False,
    "a.flat[of_one()]": False,
    "[a, b][5]": False,
    "int(str(made()))": False,
    "a.astype('nonsense')": False,
    "b @ B.ones((5, 5))": False,
}.items():
    try:
        exec(compile(code, __file__, "exec"))
    except Exception as error:
        exception_notes.add_to(error)
        found = getattr(error, "__notes__", [])
        assert len(found) == noted and all("of two environments met here" in one for one in found), (code, found)
    else:
        raise AssertionError(code)
"""


@pytest.mark.every_python  # what is slow is said here
@pytest.mark.parametrize(
    "interpreter",
    [
        one if one.version == running_interpreter().version else pytest.param(one, marks=pytest.mark.slow)
        for one in found_interpreters()
        if one.version in VERSIONS
    ],
    ids=str,
)
def test_two_numpys_and_two_pandas(real_project: ProjectFolder, interpreter: Interpreter) -> None:
    """Every case of the matrix with both; what is a copy's own, it does as ever; and the notes."""
    numpy, pandas = VERSIONS[interpreter.version]
    first, second = (
        {"numpy": f"numpy=={numpy[side]}", "pandas": f"pandas=={pandas[side]}"} for side in (0, 1)
    )
    groups = ("numpy", "two pandas", "another numpy in pandas")
    both = catalogue.Project("both", str(interpreter), first, second, groups)
    project = real_project.on(interpreter)
    project.write("pyproject.toml", runs.pyproject(both))
    project.mvenv("build", timeout=900)
    for case, result in runs.outcomes_in(both, project.root):
        assert result["outcome"] not in report.FAILED, f"{case.shown}: {result}"
    project.write("own.py", OWN + NOTES)
    assert project.python("own.py").out == "[]\n[2. 2.] [0. 0.]\n"
    project.write("own_pandas.py", OWN_PANDAS)
    project.python("-W", "ignore", "own_pandas.py")
    project.write("held_before.py", HELD_BEFORE)
    assert project.python("-W", "ignore", "held_before.py").out == "all right\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pandas 2.0.3 has no wheels for this Python")
@pytest.mark.parametrize(
    "project",
    [one for one in catalogue.PROJECTS if one is not catalogue.NUMPY_1_AND_2],
    ids=lambda one: one.name,
)
def test_other_libraries(project: catalogue.Project, tmp_path: Path) -> None:
    """Every case of the matrix with other libraries."""
    for case, result in runs.outcomes(project, tmp_path / "project"):
        assert result["outcome"] not in report.FAILED, f"{case.shown}: {result}"


def test_the_page_has_every_case() -> None:
    """docs/crossing-matrix.md has the cases of today."""
    page = (Path(__file__).parents[2] / "docs" / "crossing-matrix.md").read_text("utf-8")
    for project in catalogue.PROJECTS:
        for case in catalogue.cases(project.groups):
            assert case.code[-1].replace("|", "\\|") + "` |" in page, case
    assert not any(report.WORDS[word] in page for word in ("crash", "wrong"))
    assert "| error |" not in page
