"""uv's own texts about variables whose values it does not take."""

from __future__ import annotations

import pytest

from orchestrator.uv.variables import refused

OF_AN_OPTION = """error: invalid value 'x' for '--index-strategy <INDEX_STRATEGY>'
  [possible values: first-index, unsafe-first-match, unsafe-best-match]

For more information, try '--help'.
"""
OF_A_SWITCH = """error: invalid value 'maybe' for '--no-cache': value was not a boolean

For more information, try '--help'.
"""
OF_A_VARIABLE = (
    "error: Failed to parse environment variable `UV_HTTP_TIMEOUT` with invalid value `x`: "
    "invalid digit found in string; value should be an integer number of seconds\n"
)


@pytest.mark.parametrize(
    ("stderr", "variable", "value", "cause"),
    [
        (
            OF_AN_OPTION,
            "UV_INDEX_STRATEGY",
            "x",
            "`x`: possible values: first-index, unsafe-first-match, unsafe-best-match",
        ),
        (OF_A_SWITCH, "UV_NO_CACHE", "maybe", "`maybe`: value was not a boolean"),
        (
            OF_A_VARIABLE,
            "UV_HTTP_TIMEOUT",
            "x",
            "`x`: invalid digit found in string; value should be an integer number of seconds",
        ),
    ],
)
def test_the_variable_is_named(stderr: str, variable: str, value: str, cause: str) -> None:
    error = refused(stderr, {variable: value})
    assert error is not None
    assert error.message == f"the environment variable `{variable}` has a value that uv does not take"
    assert error.causes == (cause,)
    assert error.hints == (f"unset it, or set it to something else: `unset {variable}`",)


@pytest.mark.parametrize(
    "stderr", [OF_AN_OPTION, "error: No solution found when resolving dependencies\n", ""]
)
def test_what_no_variable_says(stderr: str) -> None:
    """An option that mvenv has given itself would be mvenv's fault."""
    assert refused(stderr, {"UV_INDEX_STRATEGY": "first-index"}) is None
