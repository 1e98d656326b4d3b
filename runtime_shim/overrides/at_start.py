"""Edits of ``custom_dependencies_versions.json`` since the build: what they come to, at the start of an interpreter."""

from __future__ import annotations

from runtime_shim.model import import_map
from runtime_shim.overrides.merge import merge
from runtime_shim.overrides.overlay import describe, overlay
from runtime_shim.overrides.rules import LARGEST, rules
from runtime_shim.overrides.site_packages import Disk

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.import_map import ImportMap


def in_effect(
    document: ImportMap, texts: tuple[str, str], root: str, site_packages: str
) -> tuple[ImportMap, str]:
    """Return the import map with the edits in effect as far as they can be, and what to tell people.

    :param document: the import map as the build has left it.
    :param texts: of the project's file, and of its copy beside ``site-packages``.
    :param site_packages: the application's.
    :return: the map, and a line without an end; empty if all edits are in effect.
    """
    base = document.get("overrides") or import_map.NO_OVERRIDES
    try:
        in_force = _parsed(base)
        asked = rules(merge(in_force, *(_parsed(text) for text in texts)))
    except ValueError as error:
        return document, f"mvenv: cannot use {import_map.OVERRIDES} ({error}); run `mvenv build`"
    made, unmet = overlay(document, asked, rules(in_force), Disk(document, root, site_packages))
    return made, f"mvenv: {import_map.OVERRIDES} {describe(unmet)}; run `mvenv build`" if unmet else ""


def _parsed(text: str) -> dict[str, Any]:
    """Return the overrides in a text.

    :raises ValueError: if it is not JSON, or not overrides that make sense.
    """
    if len(text) > LARGEST:
        raise ValueError("it is too large")
    try:
        data = import_map.parse(text.strip())
    except RecursionError:
        raise ValueError("not JSON: nested too deeply") from None
    rules(data)
    return data  # type: ignore[no-any-return] # an object, or there are no rules in it
