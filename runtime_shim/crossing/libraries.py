"""The libraries that are given other copies' objects at their doors (:mod:`.doors`)."""

from __future__ import annotations


class Library:
    """Where a library's doors are.

    :param roots: the top-level names of the libraries whose other copies' objects are carried, its own first.
    :param public: the modules of which the functions are doors.
    :param classes: the modules, and those below them, of which the classes' methods are.
    :param inner: of those, the ones that are not.
    :param calling: functions and methods that call a program's function.
    :param passing: methods that pass on to a program's function what else they are given.
    :param closed: functions and methods that are left as they are; of one class alone as `Class.method`.
    :param results: module → functions of it that return what a program's own function has returned.
    """

    def __init__(
        self,
        roots: tuple[str, ...],
        public: tuple[str, ...],
        classes: tuple[str, ...],
        inner: tuple[str, ...] = (),
        calling: tuple[str, ...] = (),
        passing: tuple[str, ...] = (),
        closed: tuple[str, ...] = (),
        results: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.roots = roots
        self.public = public
        self.classes = classes
        self.inner = inner
        self.calling = frozenset(calling)
        self.passing = frozenset(passing)
        self.closed = frozenset(closed)
        self.results = results or {}


_NAMES = (
    *("add", "and", "divmod", "eq", "floordiv", "ge", "gt", "le", "lshift", "lt", "matmul", "mod", "mul"),
    *("ne", "or", "pow", "rshift", "sub", "truediv", "xor"),
)
OPERATORS = frozenset(f"__{prefix}{name}__" for name in _NAMES for prefix in ("", "i", "r"))
SPECIAL = OPERATORS.union(
    (
        "__array_ufunc__",
        "__call__",
        "__contains__",
        "__delitem__",
        "__getitem__",
        "__init__",
        "__new__",
        "__setitem__",
    )
)
PANDAS = Library(
    ("pandas", "numpy"),
    (
        "pandas",
        "pandas.api.extensions",
        "pandas.api.indexers",
        "pandas.api.interchange",
        "pandas.api.types",
        "pandas.api.typing",
        "pandas.arrays",
        "pandas.testing",
        "pandas.tseries.frequencies",
    ),
    ("pandas.core", "pandas.tseries", "pandas._libs.tslibs", "pandas._libs.missing"),
    (
        "pandas.core.computation",
        "pandas.core.config_init",
        "pandas.core.flags",
        "pandas.core.internals",
        "pandas.core.interchange",
        "pandas.core.nanops",
        "pandas.core.reshape",
        "pandas.core.util",
    ),
    calling=(
        *("combine", "crosstab", "filter", "groupby", "map", "pivot_table", "rename", "rename_axis"),
        *("sort_index", "sort_values", "__array_ufunc__"),
    ),
    passing=("agg", "aggregate", "apply", "applymap", "transform"),
    # `eval` and `query` find a program's variables by counting frames; `pipe` calls a program's function, no more.
    # Those of Series and DataFrame have carried what they give `NDFrame.__init__`; what is another's `is_` never this.
    closed=(
        *("eval", "query", "pipe", "set_option", "get_option", "reset_option"),
        *("NDFrame.__init__", "is_"),
    ),
    results={"pandas.core.common": ("apply_if_callable",)},
)
MASKED_ARRAYS = Library(
    ("numpy",), ("numpy.ma", "numpy.ma.core", "numpy.ma.extras"), ("numpy.ma.core", "numpy.ma.mrecords")
)
XARRAY = Library(
    ("xarray", "pandas", "numpy"),
    ("xarray", "xarray.testing"),
    ("xarray.computation", "xarray.core", "xarray.namedarray", "xarray.structure"),
    ("xarray.core.extensions", "xarray.core.options", "xarray.core.utils"),
    calling=("apply_ufunc", "map", "map_blocks", "reduce", "map_over_subtree", "map_over_datasets"),
    closed=("pipe", "set_options", "get_options"),
)
BY_PACKAGE = {"numpy.ma": MASKED_ARRAYS, "pandas": PANDAS, "xarray": XARRAY}
"""The package with whose import a library is there → the library."""
