"""``mvenv graph``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.built import shown as built_or_locked
from orchestrator.cli.painting import columns, painted
from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError
from orchestrator.system import shown

if TYPE_CHECKING:
    from orchestrator.state.documents import GraphDocument, Shown


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "dot", "mermaid", "html"]),
    default="text",
    show_default=True,
    help="A picture for people, a document for programs, a diagram for Graphviz or Markdown, or a page.",
)
@click.option(
    "--html", "as_page", is_flag=True, help="Write one self-contained page to look at, search and print."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write to FILE instead of standard output.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Draw also what is there because something else needs it."
)
@click.option(
    "--open", "opens", is_flag=True, help="Show the page in the browser (a temporary file without -o)."
)
def graph(form: str, output: Path | None, *, as_page: bool, everything: bool, opens: bool) -> None:
    """Show which environment holds what, and why they are apart.

    First come the conflicts with their reasons, the versions, and which of them your code imports; then the
    environments with what was asked for.
    """
    context = click.get_current_context()
    chosen = context.get_parameter_source("form") is not click.core.ParameterSource.DEFAULT
    if chosen and form != "html" and (as_page or opens):
        raise click.UsageError(
            f"--{'html' if as_page else 'open'} is for a page, and --format {form} is none"
        )
    if opens and output == Path("-"):
        raise click.UsageError("--open needs a file, and `-o -` is standard output")
    if as_page or opens:
        form = "html"
    root = project_root()
    record = built_or_locked(root)
    if form == "text":
        text = _picture(
            record["graph"], everything=everything, is_shown=output is None or output == Path("-")
        )
    else:
        text = _drawn(form, root, record)
    if output is None and opens:
        output = _temporary(root)
    if output is None or output == Path("-"):
        click.echo(text, nl=False, color=shown.is_coloured(sys.stdout))
        return
    _write(output, text)
    if opens:
        _open(output)


def _picture(drawing: GraphDocument, *, everything: bool, is_shown: bool) -> str:
    from orchestrator.reports.graph.text import picture
    from orchestrator.reports.marks import NO_PAINT

    width = columns(sys.stdout) if is_shown else 0
    paint = painted if is_shown and shown.is_coloured(sys.stdout) else NO_PAINT
    return picture(drawing, everything=everything, width=width, paint=paint) + "\n"


def _drawn(form: str, root: Path, record: Shown) -> str:
    drawing = record["graph"]
    if form == "json":
        from orchestrator.manifest.models import to_json

        return to_json(drawing)
    if form in ("dot", "mermaid"):
        from orchestrator.reports.graph import diagram
        from orchestrator.reports.graph.built import read

        return diagram.FORMS[form](diagram.diagram(read(drawing, record["knowledge"]))) + "\n"
    from orchestrator.reports.graph.built import read
    from orchestrator.reports.graph.page import page
    from orchestrator.reports.graph.rooms import rooms
    from orchestrator.reports.graph.text import verdict
    from orchestrator.reports.why.places import places

    built = read(drawing, record["knowledge"])
    said = verdict(drawing)
    return page(rooms(built, places(root / "pyproject.toml")), f"{said[0].upper()}{said[1:]}.")


def _temporary(root: Path) -> Path:
    """Return where a page lies that is only to be looked at; the browser reads it when this process is gone."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="mvenv-graph-")) / f"{root.name or 'project'}.html"


def _write(output: Path, text: str) -> None:
    from orchestrator.system.files import write_text

    output = output.resolve()  # what a link leads to is written, the link stays
    if output.exists() and not output.is_file():
        output.write_text(text, encoding="utf-8")  # a device or a pipe, which nothing may take the place of
        return
    if not output.parent.is_dir():
        raise MvenvError(
            f"`{output.name}` cannot be written",
            causes=(f"there is no folder {output.parent}",),
            hints=(f"make it with `mkdir -p {output.parent}`, or name another with `-o`",),
        )
    write_text(output, text)
    if not shown.choice.quiet:
        click.echo(f"Wrote {output}", err=True)


def _open(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        click.echo(f"note: no browser could be started here: open {page} in one", err=True)
