"""A library that moved on: what it does, pandas 2.0 cannot do."""

import numpy as np
import pandas as pd

VERSIONS = f"pandas {pd.__version__}, numpy {np.__version__}"


def readings() -> pd.DataFrame:
    """Return the temperatures of four months' ends; "ME" is new in pandas 2.2."""
    days = pd.date_range("2024-01-01", periods=4, freq="ME")
    return pd.DataFrame({"day": days, "celsius": [-4.0, 3.5, 12.0, 21.5]})


def feelings() -> list[str]:
    """Say how each month felt; `Series.case_when` is new in pandas 2.2."""
    celsius = readings()["celsius"]
    words = pd.Series("fresh", index=celsius.index)
    return words.case_when([(celsius < 0, "frost"), (celsius > 20, "warm")]).tolist()
