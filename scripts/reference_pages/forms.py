"""The page of the forms of files and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reference_pages.schemas import Form

SCHEMAS = "schemas"
"""The folder of the schemas, beside the page."""


def page(forms: Iterable[Form]) -> str:
    """Return the page."""
    known = list(forms)
    return "\n".join(
        [
            "# Files and documents",
            "",
            "`scripts/reference` writes this page and the schemas ([JSON Schema](https://json-schema.org), 2020-12)",
            "from the code. The number is that of the form: it is in the file or document, as `schema` (in the lock:",
            "`version`), and another number is another form. Where the files are and what they are for is in",
            "[Configuration](../configuration.md#files).",
            "",
            "## Files",
            "",
            _table("file", (form for form in known if not form.is_printed)),
            "",
            "`mvenv.json` is that of `.venv`; in a folder of `py_modules` a file of this name is mvenv's own mark.",
            "",
            "## What commands print for programs",
            "",
            _table("command", (form for form in known if form.is_printed)),
            "",
            "`mvenv lock --json` has no schema yet.",
            "",
        ]
    )


def _table(first: str, forms: Iterable[Form]) -> str:
    return table(
        [first, "what", "number", "schema"],
        (
            row(
                [
                    f"`{form.title}`",
                    form.what,
                    "" if form.number is None else str(form.number),
                    f"[{form.file}]({SCHEMAS}/{form.file})",
                ]
            )
            for form in forms
        ),
    )
