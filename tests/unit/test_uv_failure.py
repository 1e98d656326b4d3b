"""uv's own texts, as it wrote them, are in `uv_messages/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.uv.derivation import read
from orchestrator.uv.failure import Kind, built, first_lines, hints, kind, reason, suspects
from orchestrator.uv.misses import with_misses

QUESTION = "mvenv-question"

MESSAGES = Path(__file__).parent / "uv_messages"
PAIR = (MESSAGES / "pair.txt").read_text("utf-8")
PINNED = (MESSAGES / "pinned.txt").read_text("utf-8")
RANGES = (MESSAGES / "ranges.txt").read_text("utf-8")
PROJECT = (MESSAGES / "project.txt").read_text("utf-8")
TRIPLE = (MESSAGES / "triple.txt").read_text("utf-8")
DEEP = (MESSAGES / "deep.txt").read_text("utf-8")
EXTRA = (MESSAGES / "extra.txt").read_text("utf-8")
MISSING = (MESSAGES / "missing.txt").read_text("utf-8")
NO_VERSION = (MESSAGES / "no_version.txt").read_text("utf-8")
# Earlier releases of uv drew a tree and broke the lines.
DRAWN = (MESSAGES / "drawn.txt").read_text("utf-8")


def told(stderr: str) -> str:
    return reason(stderr, read(stderr), QUESTION).text


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        (PAIR, "dep-a needs low<2, dep-b needs low>=2"),
        (DRAWN, "dep-a needs low<2, dep-b needs low>=3 or low>=2"),
        (PINNED, "dep-a 1.0 needs low<2, dep-b 1.0 needs low>=2"),
        (RANGES, "dep-a needs low<2, dep-b needs low>=2 or low>=3"),
        (PROJECT, "dep-a 1.0 needs low<2, the project requires low>=2"),
        (
            TRIPLE,
            "t1 needs hub>1, t2 needs hub<2 or hub>2, t3 needs hub<3, and no version of hub is all of that",
        ),
        (DEEP, "dep-a needs low<2, dep-b needs low>=3 or low>=2"),
        (EXTRA, "dep-a needs low<2, mid needs low>=2"),
        (MISSING, "no-such-thing was not found in the package registry, and needy needs no-such-thing>1"),
        (NO_VERSION, "there is no version of low==9"),
        ("error: something else\n", "something else"),
    ],
)
def test_reason(stderr: str, said: str) -> None:
    assert told(stderr) == said


def test_one_version_of_a_requirer_is_named() -> None:
    stderr = RANGES.replace("dep-b>=1.2 depends on low>=3", "dep-b<=1.1 depends on low>=2")
    assert told(stderr) == "dep-a needs low<2, dep-b<=1.1 needs low>=2"
    assert told(stderr.replace("dep-b<=1.1", "dep-b==1.1")) == "dep-a needs low<2, dep-b 1.1 needs low>=2"


def test_bounds_that_meet_are_no_conflict() -> None:
    """The two want `low` in ranges that overlap; that no version is in both has to be said by uv."""
    stderr = PAIR.replace("low<2", "low<3")
    assert "needs low<3, and " in told(stderr)
    assert "no version" not in told(stderr)
    limited = stderr.replace(
        "Because all", "Because only the following versions of low are available: low==1 low==4 and all", 1
    )
    assert told(limited) == "dep-a needs low<3, dep-b needs low>=2, and no version of low is both"


def test_a_long_reason_is_cut_in_the_middle() -> None:
    versions = " ".join(f"thing=={number}" for number in range(200))
    stderr = (
        f"Because only the following versions of thing are available: {versions} "
        "and thing depends on other, we can conclude that x."
    )
    said = told(stderr)
    assert len(said) <= 402
    assert said.startswith("only the following versions of thing")
    assert said.endswith("thing needs other")


@pytest.mark.parametrize(
    ("stderr", "names"),
    [
        (PAIR, "dep-a dep-b"),
        (DRAWN, "dep-a dep-b"),
        (PINNED, "dep-a dep-b"),
        (PROJECT, "dep-a low"),
        (TRIPLE, "t1 t2 t3"),
        (DEEP, "deep1 deep2"),
        (EXTRA, "dep-a dep-e"),
        (NO_VERSION, "low"),
        ("error: something else\n", ""),
    ],
)
def test_suspects(stderr: str, names: str) -> None:
    assert " ".join(sorted(suspects(read(stderr), QUESTION))) == names


def test_suspects_are_canonical() -> None:
    assert suspects(read(PAIR.replace("on dep-a and", "on Dep_A[x] and")), QUESTION) == {"dep-a", "dep-b"}


def test_premises_are_read_without_conclusions() -> None:
    assert read(RANGES).premises == (
        "all versions of dep-a depend on low<2",
        "dep-b<=1.1 depends on low>=2",
        "dep-b>=1.2 depends on low>=3",
        "mvenv-question depends on dep-a and dep-b",
    )
    assert read(TRIPLE).limited == {"hub"}
    assert read(NO_VERSION).limited == {"low"}


def test_several_ranges_of_a_requirer() -> None:
    stderr = "Because all of: a<=1 a>=3 depend on low<2, we can conclude that x."
    (found,) = read(stderr).dependences
    assert [term.text for term in found.requirers] == ["a<=1", "a>=3"]
    assert [(term.name, term.bound) for term in found.wanted] == [("low", "<2")]


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        (PAIR, Kind.UNSATISFIABLE),
        (PAIR + "\nhint: Packages were unavailable because the network was disabled.\n", Kind.OFFLINE),
        ("Because x was not found in the cache", Kind.OFFLINE),
        ("error: Failed to fetch: http://…\n  cause: error sending request for url (…)\n", Kind.NETWORK),
        ("error: Request failed after 3 retries\n", Kind.NETWORK),
        (
            "error: Failed to fetch: x\n  cause: HTTP status client error (404 Not Found) for url (x)\n",
            Kind.OTHER,
        ),
        (
            "error: Failed to fetch: x\n  cause: HTTP status client error (403 Forbidden) for url (x)\n",
            Kind.NETWORK,
        ),
        ("error: Failed to build `x`\n", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_kind(stderr: str, expected: Kind) -> None:
    assert kind(stderr) is expected


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("there are no versions of a-b and", "a-b was not found in the cache and"),
        (
            "there is no version of a-b[x]{sys_platform == 'linux'}==3.0.3 and",
            "a-b was not found in the cache and",
        ),
        ("only a-b[x]<=2 is available and", "a-b was not found in the cache and"),
        (
            "only the following versions of a-b[x] are available:\n     a-b[x]<=0\n     a-b[x]>=9\n and",
            "a-b was not found in the cache\n and",
        ),
        ("only the following versions of known are available: known==1 and",) * 2,
        ("there is no version of a-bc==1 and",) * 2,
        ("there is no version of known==1 and",) * 2,
    ],
)
def test_what_an_offline_explanation_does_not_say(said: str, means: str) -> None:
    log = (
        "DEBUG Sending fresh GET request for: https://example.org/a-b/\n"
        "DEBUG Found fresh response for: https://example.org/known/\n"
    )
    rest = "you require a-b{sys_platform == 'linux'}==3.0.3, we can conclude that x."
    assert with_misses(f"Because {said} {rest}", log) == f"Because {means} {rest}"


def test_first_lines_are_the_error_without_uvs_progress() -> None:
    stderr = """\
Using Python 3.11.7 environment at: .venv
Resolved 2 packages in 0.62ms
warning: something is deprecated
error: Failed to download `corrupt==1.0`
  cause: Failed to extract archive: corrupt-1.0-py3-none-any.whl
  cause: deflate decompression error

hint: try again
"""
    assert first_lines(stderr) == (
        "Failed to download `corrupt==1.0`",
        "Failed to extract archive: corrupt-1.0-py3-none-any.whl",
        "deflate decompression error",
    )
    assert first_lines(stderr, 1) == ("Failed to download `corrupt==1.0`",)


def test_first_lines_draw_no_conclusions() -> None:
    stderr = (
        "error: Failed to build `x @ file:///x`\n  cause: No solution found when resolving: `backend>=2`\n"
        "  cause: Because only backend<=1 is available and you require backend>=2, we can conclude that your "
        "requirements are unsatisfiable.\n"
    )
    assert first_lines(stderr)[1:] == (
        "No solution found when resolving: `backend>=2`",
        "only backend<=1 is available",
    )


def test_first_lines_quote_no_file() -> None:
    quoted = (
        "           |\n         1 | [project\n           |         ^\n         unclosed table, expected `]`\n"
    )
    assert first_lines(f"error: Invalid `pyproject.toml`\n  cause: TOML parse error at line 1\n{quoted}") == (
        "Invalid `pyproject.toml`",
        "TOML parse error at line 1",
        "unclosed table, expected `]`",
    )


def test_first_lines_of_a_drawn_error() -> None:
    stderr = (
        "  \N{MULTIPLICATION SIGN} Failed to download `corrupt==1.0`\n"
        "  ├─▶ Failed to extract archive\n  ╰─▶ deflate error\n"
    )
    assert first_lines(stderr) == (
        "Failed to download `corrupt==1.0`",
        "Failed to extract archive",
        "deflate error",
    )


@pytest.mark.parametrize(
    ("stderr", "names"),
    [
        (PAIR, {"dep-a", "dep-b", "low"}),
        (PROJECT, {"dep-a", "low"}),
        (TRIPLE, {"t1", "t2", "t3", "hub"}),
        (NO_VERSION, {"low"}),
        ("error: something else", set()),
    ],
)
def test_what_a_reason_is_about(stderr: str, names: set[str]) -> None:
    """It names all of them, and nothing that it does not name."""
    assert reason(stderr, read(stderr), QUESTION).about == names
    assert all(name in told(stderr) for name in names)


def test_what_is_asked_for_a_split_distribution_is_not_the_projects() -> None:
    said = reason(PROJECT, read(PROJECT), QUESTION, {"low": ("big", "1.0"), "dep-a": ("other", "2")})
    assert said.text == "dep-a 1.0 needs low<2, big 1.0 needs low>=2"
    assert said.about == {"dep-a", "low", "big"}


def test_a_constraint_is_not_what_the_project_requires() -> None:
    said = reason(PROJECT, read(PROJECT), QUESTION, None, {"low >= 2": "other", "low<9": "third"})
    assert said.text == "dep-a 1.0 needs low<2, the constraints of other say low>=2"
    assert said.about == {"dep-a", "low", "other"}


BUILD = """\
error: Failed to build `mysqlclient==1.3.0`
  cause: The build backend returned an error
  cause: Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed (exit status: 1)

         [stdout]
         running egg_info
{}
hint: `mysqlclient` is often confused for `something`. Did you mean to install
  `something` instead?

hint: Build failures usually indicate a problem with the package or the build environment
"""
OF_PYTHON = """
         [stderr]
         /bin/sh: 1: mysql_config: not found
         Traceback (most recent call last):
           File "<string>", line 14, in <module>
           File "/cache/setup_posix.py", line 29, in mysql_config
             raise EnvironmentError("%s not found" % (mysql_config.path,))
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         OSError: mysql_config not found
"""
OF_A_COMPILER = """
         [stderr]
         /cache/dist.py:330: SetuptoolsDeprecationWarning: `x` is deprecated
         src/foo.c:1:10: fatal error: Python.h: No such file or directory
             1 | #include <Python.h>
               |          ^~~~~~~~~~
         compilation terminated.
         error: command 'gcc' failed with exit code 1
"""
IN_PROSE = """
         [stderr]
         Please install libfoo
"""


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (OF_PYTHON, ["/bin/sh: 1: mysql_config: not found", "OSError: mysql_config not found"]),
        (
            OF_A_COMPILER,
            [
                "src/foo.c:1:10: fatal error: Python.h: No such file or directory",
                "error: command 'gcc' failed with exit code 1",
            ],
        ),
        (IN_PROSE, ["Please install libfoo"]),
        ("", ["running egg_info"]),
    ],
)
def test_why_a_build_failed(output: str, reason: list[str]) -> None:
    stderr = BUILD.format(output)
    named = "Failed to build `mysqlclient==1.3.0`"
    call = "Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed (exit status: 1)"
    assert first_lines(stderr) == (named, call, *reason)
    assert built(stderr) == "mysqlclient"
    assert hints(stderr) == (
        "`mysqlclient` is often confused for `something`. Did you mean to install `something` instead?",
        "Build failures usually indicate a problem with the package or the build environment",
    )


def test_options_in_hints_are_named_as_settings() -> None:
    stderr = """\
error: No solution found when resolving dependencies

hint: Pre-releases are available for `a` in the requested range (e.g., 2.0rc1) (try: `--prerelease=allow`)
"""
    (hint,) = hints(stderr)
    assert hint.endswith('(try: `prerelease = "allow"` in `[tool.uv]`)')


def test_a_word_of_the_explanation_is_no_version() -> None:
    assert "e.g., Because mvenv" in NO_VERSION
    assert hints(NO_VERSION) == ()
    assert hints("error: no\n") == ()


def test_many_ranges_are_told_by_the_outermost() -> None:
    several = " and ".join(f"tools=={n} depends on low>={n}" for n in range(3, 9))
    stderr = f"Because {several}, we can conclude that x. And because a==1 depends on low<2, we can conclude that y."
    assert reason(stderr, read(stderr), QUESTION).text == "a 1 needs low<2, tools needs low>=3"
