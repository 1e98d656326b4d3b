"""Whatever a pyproject.toml says, loading it gives a Project or a ConfigError that can be printed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.config.model import Project
from orchestrator.config.project import load_project
from orchestrator.errors import ConfigError

LINES = [
    "[project]",
    'name = "a"',
    'version = "1"',
    'dynamic = ["dependencies"]',
    'dependencies = ["numpy>=1", "b ; os_name == \'nt\'"]',
    "dependencies = [",
    '  "numpy >> 1",',
    "]",
    "[tool.mvenv]",
    'python = "3.12"',
    "exclude-newer = 2025-01-31",
    "[tool.mvenv.constraints]",
    'numpy = ["+setuptools", "six"]',
    'isolate = ["numpy", 1]',
    'together = [["numpy", "b"], []]',
    'aliases = { np_old = "numpy<1", json = { module = "x" } }',
    "[project.optional-dependencies]",
    'x = ["a[x]", "numpy"]',
    "[dependency-groups]",
    'x = ["a[x]", { include-group = "y" }]',
    'y = [{ include-group = "x" }, {}]',
    "[tool.uv.sources]",
    'numpy = { path = "." }',
    "numpy = [{ index = 'x' }, {}]",
    "[[tool.uv.index]]",
    '"""',
    "'''",
]

KEYS = (
    st.sampled_from(["name", "version", "dynamic", "dependencies", "requires-python", "numpy"])
    | st.sampled_from(["constraints", "exclude-newer", "python", "index", "path", "git", "url", "workspace"])
    | st.sampled_from(["isolate", "together", "singletons", "aliases", "include-group", "requirement", "x"])
    | st.sampled_from(["project", "tool", "mvenv", "uv", "sources"])
    | st.text(max_size=4)
)

TEXTS = st.sampled_from(
    [
        "numpy",
        "numpy<2",
        "+numpy",
        "numpy==1",
        "Numpy[x] ; os_name == 'nt'",
        "dependencies",
        "version",
        "2025-01-31",
        "",
        ".",
    ]
) | st.text(max_size=8)

VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.floats() | st.dates() | st.datetimes() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)

TABLE = st.dictionaries(KEYS, VALUES, max_size=4)

LISTS = st.dictionaries(
    KEYS,
    st.lists(
        TEXTS | st.sampled_from(["a[x]"]) | st.builds(lambda name: {"include-group": name}, KEYS), max_size=3
    ),
    max_size=3,
)

# Tables in their places, with anything in them, reach further than tables at random.
PROJECTS = st.builds(
    lambda project, mvenv, constraints, sources, index, extras, groups: {
        "project": {"name": "a", "dependencies": ["numpy"], "optional-dependencies": extras, **project},
        "dependency-groups": groups,
        "tool": {
            "mvenv": {"constraints": constraints, **mvenv},
            "uv": {"sources": sources, "index": index},
        },
    },
    TABLE,
    TABLE,
    st.dictionaries(KEYS, VALUES | st.lists(TEXTS, max_size=3), max_size=3),
    TABLE | VALUES,
    st.lists(TABLE, max_size=2) | VALUES,
    TABLE | LISTS,
    TABLE | LISTS,
)


def check(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pyproject = Path(folder, "pyproject.toml")
        pyproject.write_bytes(content)
        try:
            assert isinstance(load_project(pyproject), Project)
        except ConfigError as error:
            rendered = str(error)
            rendered.encode("utf-8")
            # One line for the message, one for each cause and hint.
            blank = 1 if error.hints else 0
            assert rendered.count("\n") == len(error.causes) + len(error.hints) + blank
            assert "\r" not in rendered


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes(content: bytes) -> None:
    check(content)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=6), max_size=12))
@example(LINES[:3] + LINES[4:5] + LINES[8:10] + LINES[11:15])
def test_any_lines(lines: list[str]) -> None:
    check("\n".join(lines).encode())


@settings(max_examples=120, deadline=None)
@given(TABLE | PROJECTS)
def test_any_values(data: dict[str, Any]) -> None:
    check(tomlkit.dumps(data).encode())
