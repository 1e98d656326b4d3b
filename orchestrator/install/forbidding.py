"""Which releases of a project the requirements of an installed distribution exclude.

The resolver has seen to that inside a group. It matters for what an environment may see of another group without
requiring it (:mod:`orchestrator.plan.optional`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from orchestrator.install.extras import extras_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.markers import Marker

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def forbidden(
    requirements: Iterable[str], versions: Mapping[str, str], markers: Mapping[str, str]
) -> frozenset[str]:
    """Return the releases that *requirements* exclude, ``name==version``, whichever of their extras are asked for.

    :param requirements: lines of ``Requires-Dist``; those that do not parse exclude nothing.
    :param versions: canonical name → the version that there is.
    :param markers: the values of environment markers (PEP 508).
    """
    found = set()
    for line in requirements:
        named = _NAME.match(line)
        name = canonicalize_name(named[1]) if named else ""
        if name in versions and _excludes(line, versions[name], markers):
            found.add(f"{name}=={versions[name]}")
    return frozenset(found)


def _excludes(line: str, version: str, markers: Mapping[str, str]) -> bool:
    try:
        requirement = Requirement(line)
        return not requirement.specifier.contains(Version(version), prereleases=True) and _applies(
            requirement.marker, markers
        )
    except (InvalidRequirement, InvalidVersion):  # a URL's version, a local project's
        return False


def _applies(marker: Marker | None, markers: Mapping[str, str]) -> bool:
    if marker is None:
        return True
    extras = ["", *extras_in(str(marker))]
    return any(marker.evaluate({**markers, "extra": extra}) for extra in extras)
