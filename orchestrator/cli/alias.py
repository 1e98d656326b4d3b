"""``mvenv alias``."""

from __future__ import annotations

import click

from orchestrator.cli import changed
from orchestrator.errors import UsageError


@click.command(options_metavar="[--module NAME] [--no-build]")
@click.argument("import_name")
@click.argument("requirement", default="", metavar="REQUIREMENT | --remove")
@click.option(
    "--module",
    metavar="NAME",
    default="",
    help="What is meant, of a distribution with several import names or one unlike its own (PIL).",
)
@click.option("--remove", is_flag=True, help="Remove the alias.")
@changed.no_build
def alias(*, import_name: str, requirement: str, module: str, remove: bool, no_build: bool) -> None:
    """Give the application a second version of a library.

    After `mvenv alias pandas_old "pandas==2.0.3"` the application can `import pandas_old`, and submodules:
    `import pandas_old.io`. The alias is listed in `[tool.mvenv.aliases]` of pyproject.toml; then the project is
    built. If that fails, pyproject.toml is as it was.
    """
    from orchestrator.editing import settings

    if remove and (requirement or module):
        raise UsageError("`--remove` takes the import name alone")
    if not remove and not requirement:
        raise UsageError(
            "Missing argument 'REQUIREMENT'", hints=('for example: `mvenv alias pandas_old "pandas==2.0.3"`',)
        )
    changed.change(
        lambda text: (
            settings.remove_alias(text, import_name)
            if remove
            else settings.alias(text, import_name, requirement, module)
        ),
        build=not no_build,
    )
