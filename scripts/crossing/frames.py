"""What a pandas is given: another pandas' objects, another numpy's."""

from __future__ import annotations

BEFORE = (
    "P, Q = A.pandas, B.pandas",
    "s, t = P.Series([1, 2], index=['b', 'a']), Q.Series([1, 2], index=['a', 'b'])",
    "f, g = P.DataFrame({'x': [1, 2]}, index=['a', 'b']), Q.DataFrame({'y': [3, 4]}, index=['b', 'a'])",
    "day, old = P.Timestamp('2024-01-31'), Q.Timestamp('2024-01-01')",
)

TWO_PANDAS = """
P.isna(Q.NaT)
P.isna(Q.NA)
P.isna([Q.NaT, Q.NA, 1])
P.isna(A.numpy.array([Q.NaT, Q.NA, 1], object))
P.Series([Q.NA, 1]).sum()
P.Series([Q.NaT, Q.NaT]).dtype.kind
P.Series(iter([Q.NA, 1])).isna()
P.Series({"a": Q.NA, "b": 1}).isna()
P.DataFrame([[1, Q.NA], [2, 3]]).isna().sum().sum()
P.DataFrame([{"a": Q.NA}, {"a": 1}]).isna()
P.Series([1, 2, 3]).map(lambda value: Q.NA).isna()
P.Series(t)
P.Series(Q.Series(Q.to_datetime(["2024-01-01", None])))
P.Series(Q.Series(Q.to_datetime(["2024-01-01"]).tz_localize("Europe/Berlin")))
P.Series(Q.Series([1, None], dtype="Int64"))
P.Series(Q.Series(["a", None, "b"], dtype="string"))
P.Series(Q.Categorical(["a", "b", "a"], ordered=True)).cat.ordered
P.Series([old, None])
P.Series([Q.Timedelta("1s")])
P.Series([Q.Period("2024-01")]).dtype.kind
P.Series([Q.Interval(1, 2)]).array.left
P.Series([1, 2], index=Q.Index(["a", "b"], name="n")).index.name
P.Series([1.0, 2.0], dtype=Q.Int64Dtype())
s.astype(Q.Float64Dtype())
s.astype(Q.CategoricalDtype([2, 1])).cat.categories
s + t
s - t.iloc[:1]
s == s.reindex(t.index)
t + s
s.add(t, fill_value=0)
s.combine_first(Q.Series([9], index=["c"]))
s.corr(t)
s.where(t > 1)
s.loc[t > 1]
s[t > 1]
s.reindex(Q.Index(["a", "c"]))
s.reindex_like(t)
s.map(Q.Series(["x", "y"], index=[1, 2]))
s.isin(t)
s.equals(Q.Series([1, 2], index=["b", "a"]))
s.groupby(t).sum()
s.groupby([1, 1]).apply(lambda part: Q.Series([part.sum()], index=["n"]))
P.Series([1.0, None], index=["a", "b"]).fillna(t)
s.update(t); s
P.DataFrame(g)
P.DataFrame(g, index=["a", "b"])
P.DataFrame(t.rename("n"))
P.DataFrame({"x": s, "y": t})
P.DataFrame({"x": t.array})
f["y"] = t; f
f.loc[:, "y"] = t; f
f.assign(y=t)
f.assign(y=lambda frame: t)
f.insert(0, "y", t); f
f.join(g)
f + g.rename(columns={"y": "x"})
f.mul(t, axis=0)
f.loc[Q.Series([False, True], index=["b", "a"])]
f.loc[Q.Index(["b"])]
f.reindex(g.index)
f.set_index(Q.Index(["u", "v"], name="n")).index.name
f.index = Q.Index(["u", "v"]); f
f.columns = Q.Index(["n"]); f
f.merge(g, left_index=True, right_index=True)
f.dot(Q.Series([2], index=["x"]))
f.apply(lambda row: Q.Series([row["x"], 0], index=["n", "m"]), axis=1)
f.groupby("x").apply(lambda part: Q.DataFrame({"n": [len(part)]}))
P.concat([f, g])
P.concat({"one": s, "two": t})
P.concat(one for one in [s, t])
P.merge(P.DataFrame({"y": [3]}), g)
P.to_datetime(Q.Series(["2024-01-01"], index=[5]))
P.to_numeric(Q.Series(["1"], index=[5]))
P.get_dummies(Q.Series(["a", "b"], index=[4, 5]))
P.cut([1, 3], Q.IntervalIndex.from_breaks([0, 2, 4]))
P.melt(g)
P.crosstab(s, t)
P.pivot_table(Q.DataFrame({"k": [1, 1], "x": [1, 2]}), index="k")
P.Index(Q.Index([1, 2], name="n")).name
P.Index([old, Q.NaT])
P.MultiIndex.from_product([Q.Index([1, 2], name="n"), ["a"]]).names
P.DatetimeIndex(Q.date_range("2024-01-01", periods=2))
P.date_range(old, periods=2, freq=Q.offsets.MonthEnd())
P.date_range(old, Q.Timestamp("2024-01-03"))
P.array(Q.array([1, None], dtype="Int64"))
P.Categorical(Q.Categorical(["a", "b"])).codes
P.api.types.is_datetime64_any_dtype(Q.Series(Q.to_datetime(["2024-01-01"])))
P.api.types.is_datetime64_any_dtype(Q.DatetimeTZDtype(tz="UTC"))
P.api.types.is_integer_dtype(Q.Int64Dtype())
P.api.types.is_list_like(t)
P.api.types.is_scalar(Q.NA)
P.api.types.is_string_dtype(Q.StringDtype())
P.api.types.infer_dtype([Q.Period("2024-01")])
P.testing.assert_series_equal(s, Q.Series([1, 2], index=["b", "a"]))
P.Timestamp(Q.NaT)
P.Timestamp(old)
P.Timedelta(Q.Timedelta("1s"))
P.Period(Q.Period("2024-01"))
day - old
day > old
day == Q.Timestamp("2024-01-31")
day + Q.Timedelta("1D")
day + Q.offsets.MonthEnd()
day - Q.NaT
P.Timedelta("1D") / Q.Timedelta("1s")
P.Period("2024-02") - Q.Period("2024-01")
P.Period("2024-02") == Q.Period("2024-02")
P.NaT == Q.NaT
P.NA & Q.NA
P.Interval(0, 2) == Q.Interval(0, 2)
P.Series([day])[lambda one: one > old]
P.Series([1], index=[day]).loc[old:]
P.Series([day]).searchsorted(old)
P.offsets.MonthEnd() + old
P.DataFrame({"a": [1, 2]}).pipe(lambda frame, other: type(other) is Q.Series, t)
__import__("runtime_shim").convert(g, to=P)
""".strip().splitlines()

ANOTHER_NUMPY = """
P.DataFrame.from_records(records)
P.DataFrame(records)
P.DataFrame.from_records(B.numpy.array([(1, 2.0)], [("x", "i4"), ("y", "f8")]))
P.Series(masked)
P.DataFrame({"x": masked})
P.DataFrame(B.numpy.ma.array([[1.0, 2.0]], mask=[[0, 1]]))
P.array(masked)
P.DataFrame(B.numpy.matrix([[1, 2]]))
P.api.types.is_integer(B.numpy.int64(1))
P.api.types.is_float(B.numpy.float32(1))
P.api.types.is_scalar(B.numpy.float32(1))
P.api.types.is_bool(B.numpy.bool_(1))
P.api.types.is_bool_dtype(B.numpy.dtype(bool))
P.api.types.is_integer_dtype(B.numpy.int64)
P.api.types.infer_dtype([B.numpy.int64(1)])
P.Timestamp(B.numpy.datetime64("2024-01-01"))
P.Timestamp(B.numpy.int64(5), unit="s")
P.Timestamp(year=B.numpy.int64(2024), month=1, day=1)
P.Timedelta(B.numpy.timedelta64(1, "D"))
P.Period(B.numpy.datetime64("2024-01-01"), "D")
day > B.numpy.datetime64("2024-01-01", "ns")
day - B.numpy.datetime64("2024-01-01", "ns")
day + B.numpy.timedelta64(1, "D")
day + B.numpy.array([1, 2], "m8[D]")
P.Timedelta("1D") * B.numpy.int64(2)
P.Interval(B.numpy.int64(1), B.numpy.int64(2))
f.head(B.numpy.int64(1))
f.groupby(B.numpy.array([1, 0])).sum()
f.sample(1, random_state=B.numpy.random.RandomState(0))
f.sample(1, random_state=B.numpy.random.default_rng(0))
f.sample(1, random_state=B.numpy.int64(3))
f.astype({"x": B.numpy.float32})
f.iloc[B.numpy.array([0]), B.numpy.int64(0)]
f.query("x > @n", local_dict={"n": B.numpy.int64(1)})
P.DataFrame({"x": [B.numpy.int64(1), None]}).to_json()
P.Series({"a": B.numpy.array([1, 2])}).to_json()
P.Series(A.numpy.array([B.numpy.int64(1), 2], object)).to_json()
P.date_range("2024-01-01", periods=B.numpy.int64(2))
s.shift(B.numpy.int64(1))
s.rolling(B.numpy.int64(2)).sum()
s.quantile(B.numpy.array([0.5]))
s.map({B.numpy.int64(1): 5})
s.where(lambda one: B.numpy.array([True, False]))
s.sort_values(key=lambda one: B.numpy.array([1, 2]))
s.agg(B.numpy.mean)
s.transform(B.numpy.sqrt)
f.groupby("x").agg(y=("x", B.numpy.mean))
f.groupby("x").agg({"x": [B.numpy.mean, B.numpy.max]})
f.pivot_table(index="x", aggfunc=B.numpy.sum)
P.cut(B.numpy.array([1, 2]), B.numpy.array([0, 1, 2]))
P.to_datetime(B.numpy.int64(5), unit="s")
P.MultiIndex.from_arrays([B.numpy.array([0, 1]), ["a", "b"]])
P.Categorical.from_codes(B.numpy.array([0, 1]), ["a", "b"])
""".strip().splitlines()
BEFORE_NUMPY = (
    "P = A.pandas",
    "s, f = P.Series([1, 2], index=['b', 'a']), P.DataFrame({'x': [1, 2]}, index=['a', 'b'])",
    "records = B.numpy.rec.array([(1, 2.0)], [('x', 'i4'), ('y', 'f8')])",
    "masked, day = B.numpy.ma.array([1.0, 2.0], mask=[0, 1]), P.Timestamp('2024-01-31')",
)
