"""All files of docs/reference that are made from the code."""

from __future__ import annotations

from reference_pages import commands, forms, settings
from reference_pages.schemas import forms as known_forms


def files() -> dict[str, str]:
    """Return their texts, by their places below docs/reference."""
    known = known_forms()
    return {
        "commands.md": commands.page(),
        "settings.md": settings.page(),
        "files.md": forms.page(known),
        **{f"{forms.SCHEMAS}/{form.file}": form.text() for form in known},
    }
