"""pandas' frames, series, indexes and times: rebuilt column by column through pandas' public constructors.

pandas' own pickles hold its internal block manager, which differs between versions, and numpy's arrays, which
numpy 1 and 2 name differently. Their values are all that is carried, with index, names, flags and ``attrs``.
"""

from __future__ import annotations

from runtime_shim.crossing.converters.registry import ship

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runtime_shim.crossing.converters.target import Target

_INDEXES = (
    "base.Index",
    "category.CategoricalIndex",
    "datetimes.DatetimeIndex",
    "interval.IntervalIndex",
    "numeric.Float64Index",
    "numeric.Int64Index",
    "numeric.UInt64Index",
    "period.PeriodIndex",
    "timedeltas.TimedeltaIndex",
)


def frame(value: Any, target: Target) -> Any:
    """Return a DataFrame of equal columns, in the same order, however they are called."""
    pandas: Any = target.module("pandas")
    index, columns = target.convert(value.index), target.convert(value.columns)
    kinds = set(value.dtypes)
    if len(kinds) == 1 and value.shape[0] and _is_plain(next(iter(kinds))):
        made = pandas.DataFrame(target.convert(value.to_numpy()), index=index, columns=columns)
    else:
        series = {
            position: pandas.Series(target.convert(value.iloc[:, position].array), index=index)
            for position in range(value.shape[1])
        }
        made = pandas.DataFrame(series, index=index)
        made.columns = columns
    return _finished(made, value, target)


def series(value: Any, target: Target) -> Any:
    """Return a Series of equal values, with index and name."""
    pandas: Any = target.module("pandas")
    made = pandas.Series(target.convert(value.array), index=target.convert(value.index))
    made.name = target.convert(value.name)
    return _finished(made, value, target)


def index(value: Any, target: Target) -> Any:
    """Return an Index of equal labels."""
    pandas: Any = target.module("pandas")
    made = pandas.Index(target.convert(value.array), name=target.convert(value.name))
    step = getattr(value, "freq", None)
    if step is not None and type(value).__name__ in ("DatetimeIndex", "TimedeltaIndex"):
        made.freq = target.convert(step)
    return made


def range_index(value: Any, target: Target) -> Any:
    """Return the same range."""
    pandas: Any = target.module("pandas")
    return pandas.RangeIndex(value.start, value.stop, value.step, name=target.convert(value.name))


def multi_index(value: Any, target: Target) -> Any:
    """Return a MultiIndex of equal levels and codes."""
    pandas: Any = target.module("pandas")
    return pandas.MultiIndex(
        levels=[target.convert(level) for level in value.levels],
        codes=[target.convert(code) for code in value.codes],
        names=[target.convert(name) for name in value.names],
        verify_integrity=False,
    )


def _is_plain(kind: Any) -> bool:
    """Whether it is one of numpy's numeric data types, so that columns of it are one array."""
    return getattr(kind, "kind", "") in "iufcb" and type(kind).__module__.partition(".")[0] == "numpy"


def _finished(made: Any, value: Any, target: Target) -> Any:
    made.attrs = target.convert(dict(value.attrs))
    made.flags.allows_duplicate_labels = value.flags.allows_duplicate_labels
    return made


def _numpy(array: Any, target: Target) -> Any:
    made = target.convert(array.to_numpy())
    # Not to be guessed anew: objects stay objects.
    return target.module("pandas").Series(made, dtype=made.dtype).array


def _datetimes(array: Any, target: Target) -> Any:
    pandas: Any = target.module("pandas")
    made = pandas.DatetimeIndex(target.convert(array.asi8.view(f"M8[{_unit(array)}]")))
    if array.tz is None:
        return made.array
    return made.tz_localize("UTC").tz_convert(target.convert(array.tz)).array


def _timedeltas(array: Any, target: Target) -> Any:
    pandas: Any = target.module("pandas")
    return pandas.TimedeltaIndex(target.convert(array.asi8.view(f"m8[{_unit(array)}]"))).array


def _unit(array: Any) -> str:
    return getattr(array, "unit", "ns")  # pandas 1 has nanoseconds only


def _categories(array: Any, target: Target) -> Any:
    pandas: Any = target.module("pandas")
    codes, categories = target.convert(array.codes), target.convert(array.categories)
    return pandas.Categorical.from_codes(codes, categories=categories, ordered=array.ordered)


def _masked(array: Any, target: Target) -> Any:
    kind: Any = getattr(target.module("pandas.arrays"), type(array).__name__)
    # The two parts have no public names; Arrow's exchange format would need pyarrow.
    data, mask = array._data, array._mask  # noqa: SLF001
    return kind(target.convert(data), target.convert(mask))


def _strings(array: Any, target: Target) -> Any:
    pandas: Any = target.module("pandas")
    found = [None if missing else text for text, missing in zip(array, array.isna(), strict=True)]
    made = target.convert(array.dtype)
    return pandas.array(found, dtype=made)


def string_dtype(value: Any, target: Target) -> Any:
    """Return the same data type; pandas 3's own for text, where it is unknown, is that of objects."""
    pandas: Any = target.module("pandas")
    missing = getattr(value, "na_value", None)
    if missing is None or type(missing).__name__ == "NAType" or value.storage == "pyarrow_numpy":
        return pandas.StringDtype(value.storage)
    try:
        return pandas.StringDtype(value.storage, missing)
    except TypeError:  # pandas 2
        return target.module("numpy").dtype(object)


def _periods(array: Any, target: Target) -> Any:
    pandas: Any = target.module("pandas")
    step = pandas.PeriodDtype(target.convert(array.freq))
    return pandas.arrays.PeriodArray(target.convert(array.asi8), dtype=step)


def _intervals(array: Any, target: Target) -> Any:
    kind: Any = target.module("pandas.arrays").IntervalArray
    return kind.from_arrays(target.convert(array.left), target.convert(array.right), closed=array.closed)


def _sparse(array: Any, target: Target) -> Any:
    kind: Any = target.module("pandas.arrays").SparseArray
    return kind(target.convert(array.to_dense()), fill_value=target.convert(array.fill_value))


def _arrow(array: Any, target: Target) -> Any:
    kind: Any = target.module("pandas.arrays").ArrowExtensionArray
    return kind(target.convert(array.__arrow_array__()))  # the same object where all share one pyarrow


def missing(value: Any, target: Target) -> Any:  # noqa: ARG001 - there is one missing value
    """Return the target's ``pandas.NA``."""
    return target.module("pandas").NA


def not_a_time(value: Any, target: Target) -> Any:  # noqa: ARG001 - there is one
    """Return the target's ``pandas.NaT``."""
    return target.module("pandas").NaT


def timestamp(value: Any, target: Target) -> Any:
    """Return the same time, to its unit where the target knows others than nanoseconds."""
    pandas: Any = target.module("pandas")
    count, unit = _count(value, pandas.Timestamp)
    made = pandas.Timestamp(count, unit=unit)
    if hasattr(made, "as_unit"):
        made = made.as_unit(unit)
    if value.tzinfo is not None:
        return made.tz_localize("UTC").tz_convert(target.convert(value.tzinfo))
    return made.replace(fold=value.fold) if value.fold else made


def timedelta(value: Any, target: Target) -> Any:
    """Return the same time span, to its unit as above."""
    pandas: Any = target.module("pandas")
    count, unit = _count(value, pandas.Timedelta)
    made = pandas.Timedelta(count, unit=unit)
    return made.as_unit(unit) if hasattr(made, "as_unit") else made


def _count(value: Any, kind: type) -> tuple[int, str]:
    """Return how many of which unit a time is, as a class of the target knows them."""
    if not hasattr(kind, "as_unit") and hasattr(value, "as_unit"):
        value = value.as_unit("ns")
    return getattr(value, "_value", value.value), _unit(value)


_CONVERTERS: dict[str, Callable[[Any, Target], Any]] = {
    "_libs.missing.NAType": missing,
    "_libs.tslibs.nattype.NaTType": not_a_time,
    "_libs.tslibs.timedeltas.Timedelta": timedelta,
    "_libs.tslibs.timestamps.Timestamp": timestamp,
    "core.arrays.arrow.array.ArrowExtensionArray": _arrow,
    "core.arrays.boolean.BooleanArray": _masked,
    "core.arrays.categorical.Categorical": _categories,
    "core.arrays.datetimes.DatetimeArray": _datetimes,
    "core.arrays.floating.FloatingArray": _masked,
    "core.arrays.integer.IntegerArray": _masked,
    "core.arrays.interval.IntervalArray": _intervals,
    "core.arrays.numpy_.NumpyExtensionArray": _numpy,
    "core.arrays.numpy_.PandasArray": _numpy,  # its name before pandas 2.1
    "core.arrays.period.PeriodArray": _periods,
    "core.arrays.sparse.array.SparseArray": _sparse,
    "core.arrays.string_.StringArray": _strings,
    "core.arrays.string_.StringDtype": string_dtype,
    "core.arrays.string_arrow.ArrowStringArray": _strings,
    "core.arrays.timedeltas.TimedeltaArray": _timedeltas,
    "core.frame.DataFrame": frame,
    "core.indexes.multi.MultiIndex": multi_index,
    "core.indexes.range.RangeIndex": range_index,
    "core.series.Series": series,
    **{f"core.indexes.{name}": index for name in _INDEXES},
}

for _name, _converter in _CONVERTERS.items():
    # Since pandas 3 most classes name the public module that they are in.
    _class = _name.rpartition(".")[2]
    for _place in (_name, _class, f"arrays.{_class}", f"api.typing.{_class}"):
        ship(f"pandas.{_place}")(_converter)
