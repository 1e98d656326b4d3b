"""Which releases there are for which Python: a release has wheels for the Pythons of its time."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different in a demo for a Python."""

    what: str
    """The versions, in words for people."""
    shows: str
    """What the demo prints if all is well."""
    texts: dict[str, str] = field(default_factory=dict)
    """Text of its files → what stands there instead."""


_SALES = "my_app: warmest on 30 April, best sales on Saturday\n        one DataFrame class? False"
_ORDER = '"item":"Tea Pot","pieces":2,"cents":2500,"price":"25.00"'
# `PandasArray` is of 2.0; what renamed it are the releases that have wheels for newer Pythons.
_RENAMED = {
    "import PandasArray  # pandas 2.1 renamed it": "import NumpyExtensionArray as PandasArray",
    'requires-python = "==3.11.*"': 'requires-python = ">=3.11"',
    '"dep-b" = ["numpy<2"]': "",
}


def _pandas(new: str, old: str) -> Changes:
    texts = {**_RENAMED, "pandas==2.2.*": f"pandas=={new}", "pandas==2.0.3": f"pandas=={old}"}
    return Changes(f"{new} and {old}", _SALES, texts)


_PYDANTIC = Changes("2 and 1, SQLAlchemy 2 and 1.4", _ORDER)

DEMOS = {
    "3.11": {"pandas": Changes("2.2 and 2.0.3", _SALES), "pydantic": _PYDANTIC},
    "3.12": {"pandas": _pandas("2.2.3", "2.1.4"), "pydantic": _PYDANTIC},
    "3.13": {"pandas": _pandas("2.3.3", "2.2.3"), "pydantic": _PYDANTIC},
    "3.14": {"pandas": _pandas("3.0.0", "2.3.3"), "pydantic": _PYDANTIC},
    "3.15": {"pandas": _pandas("3.1.1", "3.0.6"), "pydantic": _PYDANTIC},
}

PAIRS = {
    "3.11": {
        "numpy": ("1.24.4", "2.1.3"),
        "pandas": ("2.1.4", "2.2.3"),
        "scipy": ("1.11.4", "1.15.3"),
        "lxml": ("5.3.0", "6.0.0"),
        "pyarrow": ("17.0.0", "20.0.0"),  # alone, earlier ones need numpy 1
    },
    "3.12": {
        "numpy": ("1.26.4", "2.2.6"),
        "pandas": ("2.2.3", "2.3.1"),
        "scipy": ("1.15.3", "1.16.0"),
        "lxml": ("5.3.0", "6.0.0"),
        "pyarrow": ("17.0.0", "21.0.0"),
    },
    "3.13": {
        "numpy": ("2.1.3", "2.3.1"),
        "pandas": ("2.2.3", "2.3.1"),
        "scipy": ("1.15.3", "1.16.0"),
        "lxml": ("5.3.0", "6.0.0"),
        "pyarrow": ("18.1.0", "21.0.0"),
    },
    "3.14": {
        "numpy": ("2.3.2", "2.5.5"),
        "pandas": ("2.3.3", "3.1.1"),
        "scipy": ("1.16.1", "1.18.1"),
        "lxml": ("6.0.1", "6.1.3"),
        "pyarrow": ("22.0.0", "26.0.1"),
    },
    "3.15": {
        "numpy": ("2.5.2", "2.5.5"),
        "pandas": ("3.0.6", "3.1.1"),
        "lxml": ("6.1.2", "6.1.3"),
        "pyarrow": ("26.0.0", "26.0.1"),
        "pillow": ("12.3.0", "13.0.0"),
    },
}
"""Python → package of `scripts/pairs/catalogue.toml` → two of its releases that have wheels there."""
