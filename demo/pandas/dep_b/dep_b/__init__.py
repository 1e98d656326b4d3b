"""A library that stayed behind: what it does, pandas 2.2 cannot do."""

import numpy as np
import pandas as pd
from pandas.core.arrays import PandasArray  # pandas 2.1 renamed it

VERSIONS = f"pandas {pd.__version__}, numpy {np.__version__}"


def sales() -> pd.DataFrame:
    """Return a week's sales."""
    units = PandasArray(np.array([3, 1, 4, 1, 5, 9, 2]))
    return pd.DataFrame({"day": pd.date_range("2024-01-01", periods=7), "units": units})


def total() -> int:
    """Return how much was sold in all."""
    return int(sales()["units"].sum())
