"""`runtime_shim.convert` between real libraries: pandas 2.0.3 and 2.2.3 on numpy 1 and 2, pydantic 1 and 2.

The programs assert; what they print at the end shows that they came there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index


def build(
    project: ProjectFolder, requires: Mapping[str, Iterable[str]], store: Mapping[str, str] | None = None
) -> None:
    """Build a project on `dep-a` and `dep-b`.

    :param requires: what each of them needs.
    :param store: for each, the source of a module `store` beside it: two versions of one distribution.
    """
    index = Index(project.root / "wheels")
    for number, (name, requirements) in enumerate(requires.items(), start=1):
        needed = [*requirements, *([f"store=={number}"] if store else [])]
        imports = "".join(f"import {module}\n" for module in (["store"] if store else []))
        modules = [requirement.partition("=")[0].partition("<")[0] for requirement in requirements]
        files = {f"{name}.py": imports + "".join(f"import {module}\n" for module in modules)}
        index.add(name.replace("_", "-"), f"{number}.0", requires=needed, files=files)
        if store:
            index.add("store", str(number), requires=requirements, files={"store.py": store[name]})
    project.pyproject(["dep-a", "dep-b"], '[tool.uv]\nfind-links = ["wheels"]\n')
    project.mvenv("build", timeout=900)


def run(project: ProjectFolder, program: str) -> str:
    """Run a program and return what it prints; warnings are errors."""
    file = project.write("program.py", program)
    outcome = project.python("-W", "error::FutureWarning", "-W", "error::DeprecationWarning", file.name)
    assert not outcome.err, outcome
    return outcome.out


PANDAS = {"dep_a": ["pandas==2.0.3", "numpy==1.26.4"], "dep_b": ["pandas==2.2.3", "numpy==2.1.3"]}

FRAMES = """
import datetime
import dep_a, dep_b
from runtime_shim import convert

def frame(pd, np):
    made = pd.DataFrame({
        "integers": [1, 2, 3], "floats": [1.5, None, 2.0], "texts": ["a", None, "c"], "truths": [True, False, True],
        "times": pd.to_datetime(["2024-01-01", None, "2024-03-01"]),
        "zones": pd.date_range("2024-01-01", periods=3, tz="Europe/Berlin"),
        "spans": pd.to_timedelta([1, 2, None], unit="s"),
        "categories": pd.Categorical(["x", "y", "x"], categories=["y", "x"], ordered=True),
        "Int64": pd.array([1, None, 3], dtype="Int64"), "Float32": pd.array([1.0, None, 3], dtype="Float32"),
        "boolean": pd.array([True, None, False], dtype="boolean"),
        "string": pd.array(["a", None, "c"], dtype="string"),
        "periods": pd.period_range("2024-01", periods=3, freq="M"), "intervals": pd.interval_range(0, 3),
        "sparse": pd.arrays.SparseArray([0, 0, 1]),
        "objects": [pd.Timestamp("2024"), pd.NA, {1: pd.NaT}],
        "milliseconds": pd.Series(pd.to_datetime(["2024-01-01"] * 3)).astype("M8[ms]"),
    }, index=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["letter", "number"]))
    made.attrs["source"] = [1]
    return made

def twice(pd, np):
    return pd.DataFrame([[1, 2.5]], columns=["same", "same"])

INDEXES = [
    lambda pd: pd.date_range("2024", periods=3, freq="MS"), lambda pd: pd.date_range("2024", periods=3, tz="UTC"),
    lambda pd: pd.RangeIndex(1, 9, 2, name="range"), lambda pd: pd.Index(["a", "b"], name="texts"),
    lambda pd: pd.timedelta_range("1h", periods=2), lambda pd: pd.CategoricalIndex(["a", "b"]),
    lambda pd: pd.Index([1.5, 2]), lambda pd: pd.period_range("2024", periods=2, freq="Q"),
    lambda pd: pd.Index([], dtype=object), lambda pd: pd.IntervalIndex.from_breaks([0, 1, 2]),
]
OTHERS = [
    lambda pd: pd.Timestamp("2024", tz="Europe/Berlin"), lambda pd: pd.Timedelta("1h"),
    lambda pd: pd.Period("2024-01"), lambda pd: pd.Interval(0, 1), lambda pd: pd.offsets.MonthEnd(2),
    lambda pd: pd.CategoricalDtype(["a"]), lambda pd: pd.Int64Dtype(), lambda pd: pd.Categorical(["a"]),
    lambda pd: pd.DatetimeTZDtype("ns", "UTC"), lambda pd: pd.array([1, None]), lambda pd: pd.Series([1]).array,
]
for source, target in ((dep_a, dep_b), (dep_b, dep_a)):
    pd, other = source.pandas, target.pandas
    for make in (frame, twice, lambda pd, np: pd.DataFrame(), lambda pd, np: frame(pd, np).reset_index(drop=True)):
        made = convert(make(pd, source.numpy), to=target)
        assert type(made) is other.DataFrame
        other.testing.assert_frame_equal(made, make(other, target.numpy))
        again = convert(made, to=source)
        pd.testing.assert_frame_equal(again, make(pd, source.numpy))
    assert made is convert(made, to=target)
    made = convert(frame(pd, source.numpy), to=target)
    assert made.attrs == {"source": [1]}
    other.concat([made, frame(other, target.numpy)])
    assert made["objects"].iloc[1] is other.NA and made["objects"].iloc[2][1] is other.NaT
    for name in made:
        series = convert(frame(pd, source.numpy)[name], to=other)
        other.testing.assert_series_equal(series, frame(other, target.numpy)[name])
    for make in INDEXES:
        made = convert(make(pd), to=target)
        other.testing.assert_index_equal(made, make(other), exact=True)
        assert getattr(made, "freq", None) == getattr(make(other), "freq", None)
    for make in OTHERS:
        made = convert(make(pd), to=target)
        assert type(made) is type(make(other)), made
        assert repr(made) == repr(make(other))
    assert convert(pd.NaT, to=target) is other.NaT and convert(pd.NA, to=target) is other.NA
    assert convert(pd.DataFrame, to=target) is other.DataFrame
    both = {"frames": [pd.DataFrame({"x": [1]})] * 2, "array": source.numpy.ones(2), 3: (1, {2})}
    made = convert(both, to=target)
    assert made["frames"][0] is made["frames"][1] and type(made["frames"][0]) is other.DataFrame
    assert type(made["array"]) is target.numpy.ndarray and made[3] == (1, {2})
    assert (pd.Series([1]) + convert(other.Series([2]), to=source)).tolist() == [3]
    try:
        convert(pd.Series([1]), to=__import__("__main__"))
    except TypeError as error:
        assert "to the application: it does not see pandas" in str(error), error
    else:
        raise AssertionError("converted to a view without pandas")
print("frames converted")
"""

ARRAYS = """
import dep_a, dep_b
from runtime_shim import convert

MAKE = [
    lambda np: np.arange(6).reshape(2, 3), lambda np: np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    lambda np: np.arange(10)[1:8:3], lambda np: np.array(["a", "bcd"]), lambda np: np.array(3.5),
    lambda np: np.zeros((0, 3)), lambda np: np.array([True, False]), lambda np: np.array([1, 2], dtype=">i4"),
    lambda np: np.array(["2024", "2025"], dtype="M8[D]"), lambda np: np.array([1, "x", None], dtype=object),
    lambda np: np.array([[1, [2]], [3, 4]], dtype=object),
    lambda np: np.zeros(2, dtype=[("a", "i1"), ("b", "f8", (2,))]),
    lambda np: np.zeros(2, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True)),
    lambda np: np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), lambda np: np.matrix([[1, 2]]),
    lambda np: np.ma.array([1, 2], mask=[0, 1]), lambda np: np.float32(2), lambda np: np.bool_(True),
    lambda np: np.datetime64("2024"), lambda np: np.str_("x"), lambda np: np.void(b"abc"), lambda np: np.dtype("O"),
    lambda np: np.dtype(">i4"), lambda np: np.poly1d([1, 2]),
]
NAMES = ["float64", "bool_", "ndarray", "add", "mean", "linalg.norm", "random.default_rng"]
for source, target in ((dep_a.numpy, dep_b.numpy), (dep_b.numpy, dep_a.numpy)):
    for number, make in enumerate(MAKE):
        made, wanted = convert(make(source), to=target), make(target)
        assert type(made) is type(wanted), (number, type(made))
        assert repr(made) == repr(wanted), (number, made)
        if hasattr(wanted, "ravel"):
            assert made.dtype == wanted.dtype
            assert made.ndim < 2 or made.flags.f_contiguous == wanted.flags.f_contiguous
            assert made.flags.writeable == wanted.flags.writeable
    for name in NAMES:
        here, there = source, target
        for part in name.split("."):
            here, there = getattr(here, part), getattr(there, part)
        assert convert(here, to=target) is there, name
    for make in (lambda np: np.random.default_rng(3), lambda np: np.random.RandomState(3)):
        first = make(source)
        first.random(5)
        second = convert(first, to=target)
        assert type(second) is type(make(target)) and first.random(4).tolist() == second.random(4).tolist()
    frozen = source.arange(3)
    frozen.flags.writeable = False
    assert not convert(frozen, to=target).flags.writeable
print("arrays converted")
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pandas 2.0.3 has no wheels for this Python")
def test_pandas_and_numpy(real_project: ProjectFolder) -> None:
    """Frames with columns of every kind, indexes, scalars, arrays, generators, both ways, without a warning."""
    build(real_project, PANDAS)
    assert run(real_project, FRAMES) == "frames converted\n"
    assert run(real_project, ARRAYS) == "arrays converted\n"


MIXED = """
from runtime_shim import convert
import dep_a, dep_b

one, two = dep_a.pandas, dep_b.pandas
a, b = one.DataFrame({"x": [1], "k": [1]}), two.DataFrame({"y": [1], "k": [1]})
carried_a, carried_b = convert(a, to=two), convert(b, to=one)
for found, expected in (
    (two.concat([a]), two.concat([carried_a])),
    (two.merge(b, a), two.merge(b, carried_a)),
    (a + b, a + carried_b),
    (b + a, b + carried_a),
    (two.DataFrame(a), carried_a),
    (one.Series(b["y"]), carried_b["y"]),
):
    assert type(found) is type(expected) and expected.equals(found), (found, expected)
print("as with one pandas")
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pandas 2.0.3 has no wheels for this Python")
def test_mixed_pandas(real_project: ProjectFolder) -> None:
    """What frames of two versions come to together is what the converted ones do."""
    build(real_project, PANDAS)
    assert run(real_project, MIXED) == "as with one pandas\n"


STORE = """
from datetime import datetime
from typing import Any, Dict, List, Optional
from pydantic import BaseModel, Field, HttpUrl, PrivateAttr, SecretStr

class Item(BaseModel):
    name: str
    price: float = Field(1.0, ALIAS="unitPrice")
    tags: List[str] = []

class Order(BaseModel):
    number: int
    items: List[Item]
    index: Dict[str, Item] = {}
    at: Optional[datetime] = None
    page: Optional[HttpUrl] = None
    key: Optional[SecretStr] = None
    anything: Any = None
    _seen: int = PrivateAttr(0)
EXTRA
"""

FIRST = STORE.replace("ALIAS", "alias").replace(
    "EXTRA",
    """
    old: int = 0

class Names(BaseModel):
    __root__: List[str]

class Frozen(BaseModel):
    x: int
    class Config:
        frozen = True

class Open(BaseModel):
    x: int
    class Config:
        extra = "allow"

class Short(BaseModel):
    text: str
""",
)
SECOND = STORE.replace("ALIAS", "alias").replace(
    "EXTRA",
    """
    new: str = "new"

from typing import Generic, TypeVar
from pydantic import ConfigDict, RootModel, constr

class Names(RootModel[List[str]]):
    pass

class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)
    x: int

class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    x: int

class Short(BaseModel):
    text: constr(max_length=3)

T = TypeVar("T")

class Page(BaseModel, Generic[T]):
    content: T
""",
)

MODELS = """
import dep_a, dep_b
from runtime_shim import ConversionError, convert

def order(store, **more):
    item = store.Item(name="pen", unitPrice=2.5, tags=["x"])
    made = store.Order(number=1, items=[item, item], index={"pen": item}, at="2024-01-01T00:00:00",
                       page="http://example.com/x", key="secret", anything=[item, {"k": 1}], **more)
    made._seen = 7
    return made

one, two = dep_a.store, dep_b.store
for source, target in ((one, two), (two, one)):
    made = convert(order(source), to=target)
    assert type(made) is target.Order and made == order(target), made
    assert all(type(item) is target.Item for item in [*made.items, made.index["pen"], made.anything[0]])
    assert type(made.page) is type(order(target).page) and made.key.get_secret_value() == "secret"
    assert made._seen == 7
    fields_set = made.model_fields_set if target is two else made.__fields_set__
    assert fields_set == {"number", "items", "index", "at", "page", "key", "anything"}, fields_set
    assert convert(made, to=target) is made
    assert convert(convert(made, to=source), to=target) == made
    names = [source.Names(__root__=["a"]) if source is one else source.Names(["a"])]
    (names,) = convert(names, to=target)
    assert (names.root if target is two else names.__root__) == ["a"] and type(names) is target.Names
    frozen = convert({"f": source.Frozen(x=1)}, to=target)["f"]
    assert type(frozen) is target.Frozen and frozen.x == 1
    assert convert(source.Open(x=1, y=2), to=target).y == 2
    assert convert(source.Order, to=target) is target.Order

def refusal(thing, to):
    try:
        convert(thing, to=to)
    except ConversionError as error:
        return str(error)

lost = refusal(order(one, old=3), two)
assert "store.Order has no field old there, and the value would be lost" in lost, lost
assert convert(order(one, old=0), to=two) == order(two)
text = refusal(one.Short(text="much too long"), two)
assert text.startswith("cannot convert a store.Short of store 1 (environment dep-a) to store 2 (environment dep-b): "
                       "ValidationError: 1 validation error for Short"), text
assert "store 1 has no store.Page" in refusal(two.Page[int](content=1), one)

class Mine(dep_a.pydantic.BaseModel):
    x: int

assert "its class is built on pydantic.main.BaseModel, and there is one of it" in refusal([Mine(x=1)], two)
print("models converted")
"""


def test_pydantic(real_project: ProjectFolder) -> None:
    """Models by field values, validated by the target: nested, with aliases, private, extra and root fields."""
    requires = {"dep_a": ["pydantic<2"], "dep_b": ["pydantic==2.10.6"]}
    build(real_project, requires, {"dep_a": FIRST, "dep_b": SECOND})
    assert run(real_project, MODELS) == "models converted\n"
