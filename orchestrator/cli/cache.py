"""``mvenv cache``: the cache is uv's, where what is downloaded and built is kept for all projects."""

from __future__ import annotations

import subprocess

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cache() -> None:
    """Show or clear uv's cache, which mvenv's builds share with uv."""


@cache.command("dir")
def dir_() -> int:
    """Show the folder of the cache."""
    return _uv("dir")


@cache.command()
def prune() -> int:
    """Remove what nothing can use any more."""
    return _uv("prune")


@cache.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def clean(*, names: tuple[str, ...]) -> int:
    """Remove everything, or what there is of some distributions: environments that are built go on working."""
    return _uv("clean", *names)


def _uv(*arguments: str) -> int:
    """Run a command of uv's, whose words are for the person."""
    from orchestrator.uv.run import binary

    return subprocess.run([binary(), "cache", *arguments], check=False).returncode
