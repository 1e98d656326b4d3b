"""``mvenv cache``: uv's, where what is downloaded and built is kept, and that of finished environments beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from orchestrator.cli.groups import Commands
from orchestrator.system import shown


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cache() -> None:
    """Show or clear what is kept for all projects: uv's cache, which builds share with uv, and finished environments.

    Finished environments lie beside uv's cache. A build that was made before, here or in another project, is linked
    from there. MVENV_ENVIRONMENT_CACHE names another folder, or is `off`; MVENV_REMOTE_ENVIRONMENT_CACHE names a
    place that other machines reach as well. `mvenv cache dir` shows where the two on this machine are.
    """


@cache.command("dir")
@click.option("--environments", is_flag=True, help="Print that of finished environments instead.")
def dir_(*, environments: bool) -> int:
    """Print the folder of uv's cache, as one line; a terminal is shown where finished environments are as well."""
    from orchestrator.environment_cache.place import cache_of
    from orchestrator.errors import MvenvError

    found = cache_of(Path.cwd())
    if not environments:
        code = _uv("dir")
        if code == 0 and sys.stdout.isatty() and not shown.choice.quiet:
            where = "not kept" if found is None else f"in {found.folder}"
            click.echo(f"note: finished environments are {where} (`--environments`)", err=True)
        return code
    if found is None:
        raise MvenvError(
            "finished environments are not kept",
            causes=("MVENV_ENVIRONMENT_CACHE, or a setting of uv's cache or of its link mode, says so",),
            hints=("`MVENV_ENVIRONMENT_CACHE=FOLDER` says where to keep them",),
        )
    click.echo(found.folder)
    return 0


@cache.command()
def prune() -> int:
    """Remove what nothing can use any more, and finished environments that no build has used for 30 days."""
    from orchestrator.environment_cache.place import cache_of
    from orchestrator.environment_cache.pruning import DAYS
    from orchestrator.environment_cache.pruning import prune as prune_environments

    found = cache_of(Path.cwd())
    if found is not None:
        _tell(prune_environments(found), f" that no build has used for {DAYS} days")
    return _uv("prune")


@cache.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def clean(*, names: tuple[str, ...]) -> int:
    """Remove everything, or what there is of some distributions: environments that are built go on working."""
    from orchestrator.environment_cache.place import cache_of
    from orchestrator.environment_cache.pruning import clean as clean_environments

    found = cache_of(Path.cwd())
    if found is not None:
        _tell(clean_environments(found, names), f" with {' or '.join(names)}" if names else "")
    return _uv("clean", *names)


def _tell(removed: int, which: str) -> None:
    from orchestrator.system.console import Reporter

    if removed:
        several = "s" if removed > 1 else ""
        Reporter().say(f"Removed {removed} finished environment{several}{which}")


def _uv(*arguments: str) -> int:
    """Run a command of uv's, whose words are for the person."""
    from orchestrator.uv.run import binary

    return subprocess.run([binary(), "cache", *arguments], check=False).returncode
