from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("build", "--zzz"), "No such option '--zzz'", "`mvenv build --help` shows how it is used"),
        (
            ("build", "extra"),
            "Got unexpected extra argument (extra)",
            "`mvenv build --help` shows how it is used",
        ),
        (
            ("graph", "--format", "svg"),
            "Invalid value for '--format': 'svg' is not one of 'text', 'json', 'dot', 'mermaid', 'html'",
            None,
        ),
        (
            ("graph", "--html", "--format", "dot"),
            "--html is for a page, and --format dot is none",
            "`mvenv graph --help` shows how it is used",
        ),
        (("graph", "--open", "--format", "json"), "--open is for a page, and --format json is none", None),
        (("graph", "--open", "-o", "-"), "--open needs a file, and `-o -` is standard output", None),
        (
            ("graph", "--format"),
            "Option '--format' requires an argument",
            "`mvenv graph --help` shows how it is used",
        ),
        (("biuld",), "No such command 'biuld'. Did you mean 'build'?", "`mvenv --help` shows how it is used"),
        (
            ("--nope",),
            "No such option '--nope'. Did you mean '--no-progress'?",
            "`mvenv --help` shows how it is used",
        ),
        (
            ("pack", "-o", "a.zip"),
            "`a.zip` does not say how the archive is to be compressed",
            "let it end in one of .tar.zst, .tzst, .tar.gz, .tgz, .tar",
        ),
        (
            ("pack", "--prefix", "app"),
            "Invalid value for '--prefix': `app` is no absolute path",
            "name the folder that the archive will be unpacked in: `--prefix /app`",
        ),
        (("run",), "`mvenv run` needs a command", "for example `mvenv run python app.py`"),
        (("run", "--"), "`mvenv run` needs a command", "for example `mvenv run python app.py`"),
        (("run", "-m"), "`mvenv run` needs a command", "for example `mvenv run python app.py`"),
        (("run", "--no-build"), "`mvenv run` needs a command", "for example `mvenv run python app.py`"),
        (
            ("run", "--nope", "python"),
            "No such option '--nope'",
            "options of the command go behind it; see `mvenv run --help`",
        ),
    ],
)
def test_usage_errors_exit_with_two(
    arguments: tuple[str, ...], message: str, hint: str | None, project: ProjectFolder
) -> None:
    """Before anything is looked for: the folder has not even a pyproject.toml."""
    outcome = project.mvenv(*arguments, check=False)
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith(f"error: {message}\n"), outcome
    assert "\n\nhint: " in outcome.err
    if hint is not None:
        assert outcome.err.endswith(f"\n\nhint: {hint}\n"), outcome


@pytest.mark.parametrize(
    "arguments", [("--help",), ("-h",), ("build", "--help"), ("run", "-h"), ("graph", "--help")]
)
def test_help_is_data(arguments: tuple[str, ...], project: ProjectFolder) -> None:
    outcome = project.mvenv(*arguments)
    assert outcome.out.startswith("Usage: mvenv ")
    assert outcome.err == ""


def test_version(project: ProjectFolder) -> None:
    from orchestrator import __version__

    assert project.mvenv("--version").out == f"mvenv {__version__}\n"


def test_no_command_shows_the_help(project: ProjectFolder) -> None:
    outcome = project.mvenv(check=False)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("Usage: mvenv ")
    assert all(f"  {command}" in outcome.err for command in ("build", "run", "graph"))
