"""``mvenv add``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli import changed
from orchestrator.cli.root import project_root

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.editing.model import Edited
    from orchestrator.editing.places import Place


@click.command()
@click.argument("requirements", nargs=-1, required=True, metavar="REQUIREMENT...")
@changed.group
@changed.dev
@changed.extra
@click.option(
    "--raw", is_flag=True, help="Write each REQUIREMENT as it is given: no bound, no `[tool.uv.sources]`."
)
@click.option(
    "--editable", is_flag=True, help="Use a folder where it is: edits of its sources count at once."
)
@click.option(
    "--rev", metavar="REVISION", default="", help="Of a repository: a commit, or anything git takes for one."
)
@click.option("--tag", metavar="TAG", default="", help="Of a repository: a tag.")
@click.option("--branch", metavar="BRANCH", default="", help="Of a repository: a branch.")
@changed.no_build
def add(
    *,
    requirements: tuple[str, ...],
    group: str,
    dev: bool,
    extra: str,
    raw: bool,
    editable: bool,
    no_build: bool,
    **revisions: str,
) -> None:
    """Add requirements to pyproject.toml, then build.

    A REQUIREMENT is written as in pyproject.toml, or it is a folder, an archive or a repository. It goes to
    project.dependencies, or to a dependency group or an extra, in the place of one of the same name, extras and marker
    if there is one. The build takes in that group or extra. If it fails, pyproject.toml is as it was.

    What is added without a version gets the one that is installed as its lower bound. Where a folder, archive or
    repository is goes to `[tool.uv.sources]`.
    """
    from orchestrator.cli.needed import needed
    from orchestrator.config.entries import guessed_names
    from orchestrator.editing.lower_bounds import bounded
    from orchestrator.editing.places import with_source, without_source
    from orchestrator.editing.requirements import add as add_to
    from orchestrator.editing.requirements import new_ones
    from orchestrator.system.console import Reporter

    group = changed.one_section(group, extra, dev=dev)
    chosen = {name: value for name, value in revisions.items() if value}
    places = _places(requirements, chosen, editable=editable)
    names = {written: _named(place, written) for written, place in places.items()}
    texts = [
        places[written].requirement(names[written], raw=raw) if written in places else written
        for written in requirements
    ]
    reporter = Reporter()
    for name, who in needed(project_root(), guessed_names(texts)).items():
        reporter.say(f"`{name}` is there already: {who}")

    def edit(text: str, wanted: Sequence[str]) -> Edited:
        edited = add_to(text, wanted, group=group, extra=extra)
        for written in texts if not raw else ():
            if " @ " in written:  # as above
                without, said = without_source(edited.text, next(iter(guessed_names([written]))))
                edited = edited.then(without, *said)
        for written, place in places.items():
            if raw:  # else the source would count, and not what is written
                without, said = without_source(edited.text, names[written])
                edited = edited.then(without, *said)
            else:
                edited = edited.then(*with_source(edited.text, names[written], place))
        return edited

    def with_bounds(versions: Mapping[str, str]) -> Callable[[str], Edited]:
        def edit_again(text: str) -> Edited:
            new = new_ones(text, texts, group=group, extra=extra)
            bounds = dict(zip(new, bounded(new, versions, frozenset(names.values())), strict=True))
            return edit(text, [bounds.get(each, each) for each in texts])

        return edit_again

    changed.change(
        lambda text: edit(text, texts),
        build=not no_build,
        group=group,
        extra=extra,
        settled=None if raw else with_bounds,
    )


def _places(requirements: Sequence[str], revision: Mapping[str, str], *, editable: bool) -> dict[str, Place]:
    from orchestrator.editing.places import place_of
    from orchestrator.errors import UsageError

    if len(revision) > 1:
        one, other, *_ = revision
        raise UsageError(f"`--{one}` and `--{other}` exclude each other")
    here, root = Path.cwd(), project_root()
    found = {
        written: place
        for written in requirements
        if (place := place_of(written, here, root, editable=editable, revision=revision)) is not None
    }
    if editable and not any("path" in place.source for place in found.values()):
        raise UsageError(
            "`--editable` goes with a folder", hints=("for example: `mvenv add --editable ../my-library`",)
        )
    if revision and not found:
        raise UsageError(
            f"`--{next(iter(revision))}` goes with a repository",
            hints=("for example: `mvenv add git+https://example.org/team/library --tag v1.2`",),
        )
    return found


def _named(place: Place, written: str) -> str:
    from orchestrator.uv.unnamed import distribution_at

    return distribution_at(place.url, project_root(), written)
