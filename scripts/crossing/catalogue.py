"""The projects, and the ways in which objects of one version meet the other.

A case is code whose last line is an expression. `A` and `B` hold the modules of both sides; the same code with one
version on both sides says what is right.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import frames


@dataclass(frozen=True, slots=True)
class Project:
    """Two versions of some libraries: the application's, and those that it has as import aliases."""

    name: str
    python: str
    first: dict[str, str]
    """Import name → requirement, of the application."""
    second: dict[str, str]
    """The same for the other side; the alias is the import name with `_other` behind it. What is missing is shared."""
    groups: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    """Requirements that the other side's dependencies obey."""


@dataclass(frozen=True, slots=True)
class Case:
    """One meeting."""

    group: str
    code: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The code in one line."""
        return "; ".join(self.code)


NUMPY_1_AND_2 = Project(
    "numpy-1-2", "3.11", {"numpy": "numpy==2.0.2"}, {"numpy": "numpy==1.26.4"}, ("numpy",)
)
NUMPY_2_AND_2 = Project(
    "numpy-2-2", "3.11", {"numpy": "numpy==2.0.2"}, {"numpy": "numpy==2.2.6"}, ("numpy", "numpy 2")
)
LIBRARIES = Project(
    "libraries",
    "3.11",
    {
        "numpy": "numpy==2.0.2",
        "pandas": "pandas==2.2.3",
        "pyarrow": "pyarrow==20.0.0",
        "scipy": "scipy==1.14.1",
        "PIL": "pillow==11.1.0",
        "pydantic": "pydantic==2.10.6",
    },
    {
        "numpy": "numpy==1.26.4",
        "pandas": "pandas==2.0.3",
        "pyarrow": "pyarrow==19.0.1",
        "scipy": "scipy==1.11.4",
        "PIL": "pillow==10.4.0",
        "pydantic": "pydantic==1.10.21",
    },
    (
        *("pandas", "two pandas", "another numpy in pandas", "pyarrow", "scipy", "pillow", "pydantic"),
        "buffers and the standard library",
    ),
)
PANDAS_2_AND_1 = Project(
    "pandas-2-1",
    "3.11",
    {"numpy": "numpy==1.26.4", "pandas": "pandas==2.2.3"},
    {"pandas": "pandas==1.5.3"},
    ("two pandas",),
    ("numpy==1.26.4",),
)
PANDAS_3_AND_2 = Project(
    "pandas-3-2",
    "3.11",
    {"numpy": "numpy==2.2.6", "pandas": "pandas==3.0.0"},
    {"pandas": "pandas==2.2.3"},
    ("two pandas",),
    ("numpy==2.2.6",),
)
MORE_LIBRARIES = Project(
    "more-libraries",
    "3.11",
    {
        "numpy": "numpy==2.0.2",
        "pandas": "pandas==2.2.3",
        "cv2": "opencv-python-headless==4.11.0.86",
        "numba": "numba==0.60.0",
        "polars": "polars==1.20.0",
        "shapely": "shapely==2.0.6",
        "xarray": "xarray==2024.9.0",
    },
    {
        "numpy": "numpy==1.26.4",
        "pandas": "pandas==2.0.3",
        "polars": "polars==1.10.0",
        "shapely": "shapely==2.0.4",
        "xarray": "xarray==2024.3.0",
    },
    ("opencv and numba", "polars", "shapely", "xarray"),
)
PROJECTS = (NUMPY_1_AND_2, NUMPY_2_AND_2, LIBRARIES, PANDAS_2_AND_1, PANDAS_3_AND_2, MORE_LIBRARIES)

_ARRAYS = (
    "a, b = A.numpy.array([1.0, 2.0, 4.0]), B.numpy.array([1.0, 2.0, 4.0])",
    "n = B.numpy.ma.array([1.0, 2.0], mask=[0, 1])",
)
_NUMPY = """
A.numpy.log(b)
A.numpy.isnan(b)
A.numpy.sqrt(b)
a + b
b + a
a - b.sum()
a @ b
a ** b
b // a
a == b
b >= a
A.numpy.float64(2) * b
B.numpy.float64(2) * a
A.numpy.maximum(b, 0)
A.numpy.maximum(a, b)
A.numpy.add(a, b, out=b)
A.numpy.add(a, a, where=B.numpy.array([True, False, True]), out=a)
A.numpy.add.reduce(b)
A.numpy.add.outer(a, b)
A.numpy.add.accumulate(b)
A.numpy.divmod(b, a)
A.numpy.modf(b, out=(B.numpy.zeros(3), B.numpy.zeros(3)))
A.numpy.frompyfunc(lambda x, y: x + y, 2, 1)(a, b)
A.numpy.vectorize(lambda x: x + 1)(b)
A.numpy.asarray(b)
A.numpy.array([b, b])
A.numpy.asarray(B.numpy.array(["2024-01-01", "NaT"], "M8[D]"))
A.numpy.asarray(B.numpy.array([1, 2], "m8[s]"))
A.numpy.asarray(B.numpy.datetime64("2024-01-01"))
A.numpy.asarray(B.numpy.array([(1, 2.0)], [("x", "i4"), ("y", "f8")]))
A.numpy.asarray(B.numpy.array([(1, "2024-01-01")], [("x", "i1"), ("y", "M8[s]")]))
A.numpy.asarray(B.numpy.array([1, "x", None], object))
A.numpy.asarray(B.numpy.array(["a", "bc"]))
A.numpy.asarray(B.numpy.array([b"a", b"bc"]))
A.numpy.asarray(B.numpy.array([1, 2], ">i4"))
A.numpy.asarray(B.numpy.float32(1.5))
A.numpy.zeros(2, B.numpy.float32)
A.numpy.zeros(2, b.dtype)
a.astype(B.numpy.int64)
A.numpy.array(["2024-01-01"], "M8[D]") - B.numpy.array(["2023-01-01"], "M8[D]")
A.numpy.datetime64("2024-01-01") - B.numpy.datetime64("2023-01-01")
A.numpy.datetime64("2024-01-01") == B.numpy.datetime64("2024-01-01")
A.numpy.array(["a", "x"]) == B.numpy.array(["a", "b"])
a + B.numpy.array([1, 2.5, 3], object)
A.numpy.concatenate([a, b])
A.numpy.stack([b, b])
A.numpy.where(b > 1, a, 0)
A.numpy.sum(b)
A.numpy.mean(b)
A.numpy.sort(b)
A.numpy.unique(b)
A.numpy.dot(a, b)
A.numpy.einsum("i,i", a, b)
A.numpy.linalg.norm(b)
A.numpy.linalg.solve(B.numpy.eye(3), b)
A.numpy.fft.fft(b)
A.numpy.interp(b, a, a)
A.numpy.histogram(b, bins=a)
A.numpy.allclose(a, b)
A.numpy.full(2, B.numpy.datetime64("2024"))
A.numpy.random.default_rng(0).permutation(b)
a[B.numpy.array([True, False, True])]
a[B.numpy.array([2, 0])]
a[B.numpy.int64(1)]
A.numpy.float32(1) + B.numpy.float32(2)
A.numpy.int64(1) < B.numpy.int64(2)
A.numpy.log(B.numpy.float32(2))
a + B.numpy.float32(2)
A.numpy.exp(B.numpy.arange(6.0).reshape(2, 3)[::-1, ::2])
A.numpy.log(B.numpy.ma.array([1.0, 2.0], mask=[0, 1]))
a + B.numpy.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
A.numpy.sum(B.numpy.ma.array([1.0, 2.0], mask=[0, 1]))
A.numpy.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]) + b
A.numpy.log(B.numpy.matrix([[1.0, 2.0]]))
A.numpy.array([[1, 2], [3, 4]]) * B.numpy.matrix([[1, 2], [3, 4]])
B.numpy.matrix([[1, 2], [3, 4]]) * A.numpy.array([[1, 2], [3, 4]])
A.numpy.array([[1, 2], [3, 4]]) @ B.numpy.matrix([[1, 2], [3, 4]])
A.numpy.matrix([[1, 2], [3, 4]]) + B.numpy.matrix([[1, 2], [3, 4]])
B.numpy.rec.array([(1, 2.0)], [("x", "i4"), ("y", "f8")]).x + a[:1]
A.numpy.from_dlpack(b)
A.numpy.frombuffer(b, "f8")
A.numpy.asarray(memoryview(b))
type("Box", (), {"__array_interface__": b.__array_interface__})() + a
type("Box", (), {"__array_struct__": b.__array_struct__})() + a
__import__("pickle").loads(__import__("pickle").dumps([a, b]))
__import__("copy").deepcopy([a, b])
A.numpy.ma.asarray(n)
A.numpy.ma.array(n)
A.numpy.ma.filled(n, 7)
A.numpy.ma.getmaskarray(n)
A.numpy.ma.is_masked(n)
A.numpy.ma.log(n)
A.numpy.ma.concatenate([n, A.numpy.ma.array([1.0])])
A.numpy.ma.array([1.0, 2.0], mask=[1, 0]) + n
A.numpy.ma.array([1.0, B.numpy.ma.masked])
A.numpy.ma.masked_where(B.numpy.array([True, False]), B.numpy.array([1.0, 2.0]))
b.flat[A.numpy.array([0, 1])]
a.flat[B.numpy.array([0, 1])]
a.take(indices=B.numpy.array([0]), axis=B.numpy.float64(0))
isinstance(b, B.numpy.ndarray) and type(A.numpy.asarray(b)) is A.numpy.ndarray
""".strip().splitlines()
_NUMPY_STATEMENTS = (
    ("seed = B.numpy.random.SeedSequence(1)", "A.numpy.random.PCG64(seed).random_raw()"),
    ("a += b", "a"),
    ("b += a", "b"),
    ("b *= A.numpy.float64(2)", "b"),
    ("a[:] = b", "a"),
    ("a[b > 1] = b[b > 1]", "a"),
    ("A.numpy.copyto(b, a * 2)", "b"),
    ("A.numpy.add.at(b, [0, 0], a[:2])", "b"),
    ("m = B.numpy.matrix([[1.0], [1.0], [1.0]])", "a *= m", "a"),
)
_STRINGS = ("t = B.numpy.array(['a', 'a string longer than the short ones'], B.numpy.dtypes.StringDType())",)

_PANDAS = """
A.numpy.log(s)
A.numpy.sqrt(f)
A.numpy.maximum(s, 2)
s + A.numpy.array([1, 2, 3])
A.numpy.array([1, 2, 3]) + s
r + s
s + r
r == s
r + B.numpy.array([1, 2, 3])
mask = B.numpy.array([True, False, True]); r[mask]
r[s > 1]
r.iloc[B.numpy.array([0])]
r.isin(B.numpy.array([1.0]))
A.numpy.asarray(s)
A.numpy.asarray(B.pandas.Series(["a", None]))
A.numpy.asarray(B.pandas.date_range("2024-01-01", periods=2))
A.numpy.asarray(f)
B.numpy.asarray(s)
A.numpy.concatenate([r, s])
A.numpy.mean(s)
A.pandas.Series(s)
A.pandas.Index(s)
A.pandas.DataFrame(f)
A.pandas.DataFrame({"x": s})
A.pandas.DataFrame(f.to_numpy())
A.pandas.DataFrame(f.to_dict("list"))
A.pandas.concat([r, s])
A.pandas.merge(A.pandas.DataFrame({"x": [1]}), f)
A.pandas.Series(B.numpy.array(["2024-01-01"], "M8[ns]"))
A.pandas.Series(B.numpy.array([1, 2]))
A.pandas.Series([1, 2], dtype=B.numpy.float32)
A.pandas.Series([B.numpy.float32(1), B.numpy.float32(2)])
A.pandas.Series([B.numpy.datetime64("NaT", "s")]).isna()
A.pandas.isna(B.numpy.datetime64("NaT"))
A.pandas.isna(B.numpy.float32("nan"))
r.iloc[B.numpy.array([False, True, True])]
r.loc[B.numpy.array([False, True, True])]
r[B.numpy.array([False, True, True])]
A.pandas.DataFrame({"x": [1, 2]}).iloc[B.numpy.array([False, True])]
A.pandas.DataFrame({"x": [1, 2]}).loc[B.numpy.array([False, True]), "x"]
r.iloc[B.numpy.int64(1)]
r[B.numpy.array([False, True, True])] = B.numpy.array([7.0, 8.0]); r
r.where(B.numpy.array([False, True, True]), B.numpy.float64(0))
r.replace(B.numpy.int64(4), B.numpy.int64(5))
r.agg([B.numpy.sum, B.numpy.std])
A.pandas.DataFrame({"x": [1, 2]}).select_dtypes(B.numpy.number)
A.pandas.Series([B.pandas.Timestamp("2024-01-01")])
A.pandas.Timestamp("2024-01-02") - B.pandas.Timestamp("2024-01-01")
A.pandas.Timestamp("2024-01-01") == B.pandas.Timestamp("2024-01-01")
A.pandas.Timestamp(B.pandas.Timestamp("2024-01-01"))
A.pandas.to_datetime(B.numpy.array(["2024-01-01"], "M8[ns]"))
A.pandas.api.interchange.from_dataframe(f)
__import__("pickle").loads(__import__("pickle").dumps(s))
__import__("runtime_shim").convert(f, to=A.pandas)
""".strip().splitlines()
_FRAMES = (
    "r, s = A.pandas.Series([1.0, 4.0, 9.0]), B.pandas.Series([1.0, 4.0, 9.0])",
    "f = B.pandas.DataFrame({'x': [1, 4]})",
)

_PYARROW = """
q = B.numpy.array([1, 2]); A.pyarrow.array(q)
q = B.numpy.array(["2024-01-01"], "M8[D]"); A.pyarrow.array(q)
A.pyarrow.array([B.numpy.float64(1), None])
A.pyarrow.array(x)
A.pyarrow.table(t)
A.pyarrow.table({"x": x})
A.pyarrow.chunked_array([x])
A.pyarrow.record_batch(B.pyarrow.record_batch({"x": [1]}))
A.pyarrow.RecordBatchReader.from_stream(t).read_all()
A.pyarrow.schema(t.schema).names
A.pyarrow.concat_tables([t])
A.pyarrow.concat_arrays([x])
A.pyarrow.concat_tables([B.pyarrow.table({"x": [1]})])
A.pyarrow.scalar(B.pyarrow.scalar(3)).as_py()
A.pyarrow.array([B.pyarrow.scalar(3)])
A.pyarrow.array([1], type=B.pyarrow.int64())
A.pyarrow.array([1, 2])[B.pyarrow.scalar(0)].as_py()
A.pyarrow.array([1, 2]).take(B.pyarrow.array([0]))
A.pyarrow.array([1], type=x.type)
A.pyarrow.schema([("x", x.type)]).names
A.pyarrow.Table.from_arrays([x], ["x"])
A.pyarrow.Table.from_pandas(f).to_pydict()
A.pyarrow.py_buffer(B.pyarrow.py_buffer(b"abc")).to_pybytes()
y = A.pyarrow.array([1, 2]); y.equals(x)
A.pyarrow.array([1, 2]) == x
A.numpy.asarray(x)
A.numpy.from_dlpack(x)
A.pandas.Series(x)
__import__("pickle").loads(__import__("pickle").dumps(t)).to_pydict()
""".strip().splitlines()
_TABLES = (
    "x, t = B.pyarrow.array([1, 2]), B.pyarrow.table({'x': [1, 2]})",
    "f = B.pandas.DataFrame({'x': [1, 4]})",
)

_SCIPY = """
A.sparse.csr_matrix(n)
m + n
m @ n
m * n
m @ B.numpy.array([1, 2])
B.numpy.array([1, 2]) @ m
B.numpy.array([1, 2]) * m
m == n
A.numpy.sqrt(n)
A.sparse.vstack([m, n])
A.sparse.csr_matrix((B.numpy.array([1.0]), B.numpy.array([0]), B.numpy.array([0, 1])))
A.special.gamma(B.numpy.array([5.0]))
A.special.gamma(B.numpy.matrix([5.0]))
A.linalg.solve(B.numpy.eye(2), A.numpy.ones(2))
A.stats.norm.cdf(B.numpy.array([0.0]))
""".strip().splitlines()
_SPARSE = ("m, n = A.sparse.csr_matrix([[1, 2], [0, 3]]), B.sparse.csr_matrix([[1, 2], [0, 3]])",)

_PILLOW = """
A.Image.fromarray(B.numpy.full((2, 2), 7, "u1"))
A.numpy.asarray(j)
A.Image.blend(i, j, 0.5)
A.Image.merge("RGB", [j, j, j])
A.Image.composite(i, j, i)
A.ImageChops.add(i, j)
A.Image.blend(i, B.Image.new("L", (2, 2), 7), 0.5)
A.Image.merge("L", [B.Image.new("L", (2, 2), 7)])
i.paste(j); i
i.paste(B.Image.new("L", (1, 1), 7), (0, 0)); i
i == j
__import__("pickle").loads(__import__("pickle").dumps(j)).size
""".strip().splitlines()
_IMAGES = ("i, j = A.Image.new('L', (2, 2), 7), B.Image.new('L', (2, 2), 7)",)

_PYDANTIC = """
A.pydantic.create_model("M", x=(int, 1))() == B.pydantic.create_model("M", x=(int, 1))()
A.pydantic.create_model("M", n=(n, ...))(n={"y": 2})
A.pydantic.create_model("M", x=(float, ...))(x=B.numpy.float64(1.5))
A.pydantic.create_model("M", x=(__import__("typing").Any, ...))(x=n()).x.y
""".strip().splitlines()
_MODELS = ("n = B.pydantic.create_model('N', y=(int, 1))",)

_COMPILED = """
A.cv2.resize(b, (2, 2))
resize = A.cv2.resize; resize(b, (2, 2))
make = lambda: B.numpy.ones((4, 4)); A.cv2.resize(make(), (2, 2))
A.cv2.cvtColor(B.numpy.ones((2, 2, 3), "u1"), A.cv2.COLOR_BGR2GRAY)
total = A.numba.njit(lambda x: x.sum()); total(b)
one_more = A.numba.vectorize(["float64(float64)"])(lambda x: x + 1); one_more(b)
""".strip().splitlines()
_POLARS = """
A.polars.DataFrame({"a": x}).to_dict(as_series=False)
A.polars.Series(x)
A.polars.Series([1, 2]) + x
A.polars.concat([g]).to_dict(as_series=False)
A.polars.DataFrame(g).to_dict(as_series=False)
f.join(g, on="a").to_dict(as_series=False)
f.hstack(g.rename({"a": "b"})).to_dict(as_series=False)
f.filter(B.polars.col("a") == 1).to_dict(as_series=False)
f.with_columns(b=B.polars.lit(1)).to_dict(as_series=False)
A.polars.Series([1, 2], dtype=B.polars.Int8)
A.polars.Series(B.numpy.array([1, 2]))
A.polars.from_pandas(B.pandas.DataFrame({"a": [1]})).to_dict(as_series=False)
""".strip().splitlines()
_COLUMNS = (
    "x, f, g = B.polars.Series([1, 2]), A.polars.DataFrame({'a': [1]}), B.polars.DataFrame({'a': [1]})",
)
_SHAPELY = """
p.distance(q)
A.shapely.distance(p, q)
p.distance(B.shapely.Point(3, 4))
A.shapely.union_all([q]).wkt
A.shapely.LineString([q, q]).wkt
A.shapely.STRtree([q]).query(p)
A.shapely.get_x(q)
A.shapely.points(B.numpy.ones((2, 2))).size
p == q
""".strip().splitlines()
_POINTS = ("p, q = A.shapely.Point(3, 4), B.shapely.Point(3, 4)",)
_XARRAY = """
(u + v).values
u.dot(v)
A.xarray.DataArray(v).dims
A.xarray.concat([u, v], "x").values
A.xarray.Dataset({"a": v})["a"].dims
u.where(v > 1).values
A.numpy.sin(v).values
A.xarray.DataArray(B.numpy.ones(2)).values
A.xarray.DataArray(B.pandas.Series([1, 2], index=[5, 6])).to_series()
A.xarray.DataArray([1, 2], coords={"x": B.pandas.Index([5, 6])}, dims="x").sel(x=B.numpy.int64(6)).item()
A.xarray.merge([v.rename("a"), u.rename("b")]).sizes["x"]
A.xarray.apply_ufunc(lambda one: B.numpy.sin(one), u).values
A.xarray.testing.assert_equal(u, v)
u.isel(x=v - 1).values
u.to_series() + v.to_series()
""".strip().splitlines()
_LABELLED = ("u, v = A.xarray.DataArray([1, 2], dims='x'), B.xarray.DataArray([1, 2], dims='x')",)

_STANDARD = """
memoryview(b).tolist()
bytes(B.numpy.array([1, 2], "u1"))
bytearray(B.numpy.array([1, 2], "u1"))
sum(b, A.numpy.zeros(1))
sorted([B.numpy.float64(2), A.numpy.float64(1)])
{B.numpy.int64(1): 1}[A.numpy.int64(1)]
A.numpy.array([D(1)]) + B.numpy.array([D(1)])
D(1) + D(float(B.numpy.float64(1)))
dt.datetime(2024, 1, 2) - B.numpy.datetime64("2024-01-01", "s").item()
A.pandas.Timestamp(dt.datetime(2024, 1, 2)) - B.pandas.Timestamp("2024-01-01")
p, q = A.pandas.Timestamp("2024-01-02"), B.numpy.datetime64("2024-01-01", "ns"); p > q
__import__("array").array("d", b).tolist()
__import__("json").dumps(B.numpy.float64(1))
""".strip().splitlines()
_VALUES = (*_ARRAYS, "import datetime as dt", "from decimal import Decimal as D")


def cases(groups: tuple[str, ...]) -> list[Case]:
    """Return the cases of some groups."""
    found = [Case("numpy", (*_ARRAYS, one)) for one in _NUMPY]
    found += [Case("numpy", (*_ARRAYS, *code)) for code in _NUMPY_STATEMENTS]
    found += [
        Case("numpy 2", (*_STRINGS, one))
        for one in ("A.numpy.asarray(t)", "A.numpy.add(t, 'x')", "A.numpy.concatenate([t, t])", "t == t")
    ]
    for group, before, code in (
        ("pandas", _FRAMES, _PANDAS),
        ("two pandas", frames.BEFORE, frames.TWO_PANDAS),
        ("another numpy in pandas", frames.BEFORE_NUMPY, frames.ANOTHER_NUMPY),
        ("pyarrow", _TABLES, _PYARROW),
        ("scipy", _SPARSE, _SCIPY),
        ("pillow", _IMAGES, _PILLOW),
        ("pydantic", _MODELS, _PYDANTIC),
        ("opencv and numba", ("b = B.numpy.ones((4, 4))",), _COMPILED),
        ("polars", _COLUMNS, _POLARS),
        ("shapely", _POINTS, _SHAPELY),
        ("xarray", _LABELLED, _XARRAY),
        ("buffers and the standard library", _VALUES, _STANDARD),
    ):
        found += [Case(group, (*before, *one.split("; "))) for one in code]
    return [case for case in found if case.group in groups]


# Modules that a project's cases use beside those that it requires: the name in the code → what is imported.
MORE = {"scipy": ("sparse", "special", "linalg", "stats"), "PIL": ("Image", "ImageChops")}


def modules(project: Project, suffix: str) -> dict[str, str]:
    """Return the modules of one side: name in the code → name to import."""
    names = {name: f"{name}{suffix}" if name in project.second else name for name in project.first}
    for name, parts in MORE.items():
        if name in names:
            names |= {part: f"{names[name]}.{part}" for part in parts}
    return names
