"""Editing custom_dependencies_versions.json: which release uses which version of a dependency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.config.overrides import overrides_text
from orchestrator.editing.model import Edited
from orchestrator.errors import ConfigError
from orchestrator.system.names import OVERRIDES as FILE
from runtime_shim.model.names import canonical
from runtime_shim.overrides.rules import show
from runtime_shim.overrides.versions import same_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime_shim.overrides.rules import Chain


def override(data: Mapping[str, Any], chain: Chain) -> Edited:
    """Say that each release of *chain*, imported along it, uses the next one.

    What is there keeps its order and spelling. Where the file has another version at one place of the chain, that
    version and what was said of it below that place make room.

    :param data: valid overrides.
    :param chain: two releases at least, outermost importer first.
    """
    new, replaced = _with(data, chain, at_root=True)
    instead = f" (instead of {replaced})" if replaced else ""
    return Edited(overrides_text(new), (f"{show(chain)}{instead}",))


def remove(data: Mapping[str, Any], chain: Chain) -> Edited:
    """Take back what *chain* says of its last release, and what is said of it below that place.

    :raises ConfigError: the file does not say so.
    """
    new = _without(data, chain, chain)
    return Edited(overrides_text(new), (f"no longer: {show(chain)}",))


def _with(uses: Mapping[str, Any], chain: Chain, *, at_root: bool) -> tuple[dict[str, Any], str]:
    (name, version), *rest = chain
    written = _spelled(uses, name)
    choice = _versions(uses.get(written, {}))
    same = _same(choice, version)
    replaced = ""
    if same is None and not at_root and choice:  # below the top a name has one version
        replaced = f"{name} {next(iter(choice))}"
        choice = {}
    below: Any = choice.get(same or version, {})
    if rest:
        below, deeper = _with(below, tuple(rest), at_root=False)
        replaced = replaced or deeper
    choice[same or version] = below
    return {**uses, written: choice if at_root else _short(choice)}, replaced


def _without(uses: Mapping[str, Any], chain: Chain, whole: Chain) -> dict[str, Any]:
    (name, version), *rest = chain
    written = _spelled(uses, name)
    choice = _versions(uses.get(written, {}))
    same = _same(choice, version)
    if same is None:
        said = f"it has {name} {' and '.join(choice)} there" if choice else f"it has no {name} there"
        raise ConfigError(
            f"`{FILE}` does not say {show(whole)}", causes=(said,), hints=("see what it says: open the file",)
        )
    at_root = chain is whole
    if rest:
        choice[same] = _without(choice[same], tuple(rest), whole)
    if not rest or (at_root and not choice[same]):
        del choice[same]
    if not choice:
        return {key: value for key, value in uses.items() if key != written}
    return {**uses, written: choice if at_root else _short(choice)}


def _spelled(uses: Mapping[str, Any], name: str) -> str:
    """Return a distribution's name as it is written there; as it is given if it is new."""
    return next((written for written in uses if canonical(written) == canonical(name)), name)


def _versions(choice: Any) -> dict[str, Any]:
    return {choice: {}} if isinstance(choice, str) else dict(choice)


def _same(choice: Mapping[str, Any], version: str) -> str | None:
    return next((written for written in choice if same_version(written, version)), None)


def _short(choice: dict[str, Any]) -> Any:
    """Return the short form of a choice of which nothing more is said: the version alone."""
    versions = list(choice)
    return versions[0] if len(versions) == 1 and not choice[versions[0]] else choice
