"""`pandas_old = "pandas==2.0.3"` beside pandas 2.2.3, each with its own numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index

SETTINGS = """
[tool.mvenv.aliases]
pandas_old = "pandas==2.0.3"

[tool.mvenv.constraints]
pandas_old = ["numpy<2"]
"""

PROGRAM = """
    import importlib, inspect, io, pickle, sys
    from unittest import mock

    import pandas
    import pandas_old as old
    import pandas_old.io.json
    from pandas_old import DataFrame, testing
    from pandas_old.tseries import offsets
    from runtime_shim import convert

    assert pandas.__version__ == "2.2.3" and old.__version__ == "2.0.3", (pandas, old)
    assert old is importlib.import_module("pandas@2.0.3")
    assert old.io.json is importlib.import_module("pandas@2.0.3.io.json") is sys.modules["pandas_old.io.json"]
    assert old.io is not pandas.io and DataFrame is not pandas.DataFrame

    frame = DataFrame({"a": [1, 2], "t": ["x", None], "d": old.to_datetime(["2024-01-01", None])})
    back = pickle.loads(pickle.dumps(frame))
    assert type(back) is DataFrame
    testing.assert_frame_equal(back, frame)
    new = convert(frame, to=pandas)
    assert type(new) is pandas.DataFrame
    testing.assert_frame_equal(convert(new, to=old), frame)

    assert old.read_csv(io.StringIO(frame.to_csv()), index_col=0).shape == (2, 3)
    assert frame.groupby("t")["a"].sum().loc["x"] == 1
    assert old.Timestamp("2024-01-05") + offsets.BDay(1) == old.Timestamp("2024-01-08")
    with mock.patch("pandas_old.io.json._json.dumps", return_value="patched"):
        assert frame.to_json() == "patched" != new.to_json()
    assert inspect.getsourcefile(DataFrame) != inspect.getsourcefile(pandas.DataFrame)

    loaded = {str(name): module for name, module in sys.modules.items() if str(name).startswith("pandas_old.")}
    twins = [sys.modules.get(name.replace("pandas_old", "pandas")) for name in loaded]
    assert len(loaded) > 200 and not [name for name, twin in zip(loaded, twins) if loaded[name] is twin]
    print("done")
    """


def test_pandas(real_project: ProjectFolder) -> None:
    """Two generations in one program: frames, files, pickles, conversion, patches; no module is shared."""
    real_project.pyproject(["pandas==2.2.3"], SETTINGS)
    real_project.mvenv("build", timeout=900)
    file = real_project.write("program.py", PROGRAM)
    outcome = real_project.python(file.name)
    assert (outcome.out, outcome.err) == ("done\n", "")
