"""What a release says of its dependencies, and how overrides change it: values in, values out.

uv takes a release's metadata from ``[[tool.uv.dependency-metadata]]`` instead of the index if it is given
there; so an override reaches that release and nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from packaging.markers import UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from orchestrator.uv.model import Release


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of a release's core metadata that resolution uses."""

    name: str
    """Canonical."""
    version: str
    requires: tuple[str, ...]
    """``Requires-Dist``, PEP 508."""
    requires_python: str = ""
    extras: tuple[str, ...] = ()
    """``Provides-Extra``."""
    frameworks: frozenset[str] = frozenset()
    """Canonical names of what it says it is made for."""

    @property
    def release(self) -> Release:
        """Name and version."""
        return self.name, self.version

    def table(self) -> dict[str, Any]:
        """Return the entry of ``tool.uv.dependency-metadata`` that says this."""
        entry: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "requires-dist": list(self.requires),
        }
        if self.requires_python:
            entry["requires-python"] = self.requires_python
        if self.extras:
            entry["provides-extra"] = list(self.extras)
        return entry

    def dependencies(self, extras: AbstractSet[str], markers: Mapping[str, str]) -> list[Requirement]:
        """Return the requirements that apply to an environment; a release's own extras are followed."""
        wanted, taken = set(extras), set[str]()
        while wanted:
            extra = wanted.pop()
            taken.add(extra)
            for requirement in self._applicable({extra}, markers):
                if canonicalize_name(requirement.name) == self.name:
                    wanted |= {canonicalize_name(each) for each in requirement.extras} - taken
        return [
            requirement
            for requirement in self._applicable({"", *taken}, markers)
            if canonicalize_name(requirement.name) != self.name
        ]

    def _applicable(self, extras: Iterable[str], markers: Mapping[str, str]) -> list[Requirement]:
        return [
            requirement
            for requirement in map(_parsed, self.requires)
            if requirement is not None
            and (
                requirement.marker is None
                or any(_holds(requirement, {**markers, "extra": extra}) for extra in extras)
            )
        ]


def frameworks(classifiers: Iterable[str]) -> frozenset[str]:
    """Return what a distribution says it is made for: canonical names of the parts of ``Framework`` classifiers.

    ``Framework :: Sphinx :: Extension`` names sphinx (and ``extension``, which is no distribution's business).
    """
    parts = (each.split(" :: ") for each in classifiers)
    return frozenset(
        canonicalize_name(name) for first, *rest in parts if first == "Framework" for name in rest
    )


def without_dependencies(release: Release) -> Metadata:
    """Return metadata that says: needs nothing."""
    return Metadata(*release, ())


def overridden(metadata: Metadata, demands: Iterable[Mapping[str, str]]) -> Metadata:
    """Return metadata that fulfils what overrides demand of a release, whoever imports it.

    :param demands: for each import chain that leads to the release: dependency → version. Where one of them
        does not name a dependency, what the release itself says of it holds as well.
    """
    chains = list(demands)
    named = sorted({name for demanded in chains for name in demanded})
    kept: list[str] = []
    extras: dict[str, dict[str, str]] = {name: {} for name in named}
    for text in metadata.requires:
        requirement = _parsed(text)
        name = "" if requirement is None else canonicalize_name(requirement.name)
        if requirement is None or name not in extras:
            kept.append(text)
            continue
        shown = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        marker = f" ; {requirement.marker}" if requirement.marker else ""
        extras[name][shown + marker] = ""
        if not all(name in demanded for demanded in chains):
            kept.append(text)
    for name in named:
        for version in sorted({demanded[name] for demanded in chains if name in demanded}):
            kept += [
                f"{name}{shown}=={version} ; {marker}" if marker else f"{name}{shown}=={version}"
                for shown, _, marker in (each.partition(" ; ") for each in extras[name] or {"": ""})
            ]
    return replace(metadata, requires=tuple(kept))


def _parsed(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:  # old releases; uv mends some of them, and says so of the others
        return None


def _holds(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    try:
        return requirement.marker is None or requirement.marker.evaluate(dict(environment))
    except UndefinedComparison:
        return False
