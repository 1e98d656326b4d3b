"""The lower bounds of requirements that are added without a version: what they have become, as uv writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


def bounded(
    requirements: Sequence[str], versions: Mapping[str, str], placed: Collection[str] = ()
) -> list[str]:
    """Return *requirements* with the lower bounds of those that say nothing of a version.

    :param versions: canonical name → the version that was installed for the requirement.
    :param placed: canonical names of those that come from a place, which has one version.
    """
    return [_bounded(each, versions, placed) for each in requirements]


def _bounded(text: str, versions: Mapping[str, str], placed: Collection[str]) -> str:
    try:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        version = Version(versions[name])
    except (InvalidRequirement, InvalidVersion, KeyError):
        return text
    if requirement.url or requirement.specifier or name in placed:
        return text
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}>={version.public}{marker}"
