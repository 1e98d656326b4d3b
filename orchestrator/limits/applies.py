"""Which known limits a plan meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from orchestrator.limits.model import LimitHit
from orchestrator.limits.particular import PARTICULAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.limits.model import Limit
    from orchestrator.plan.model import Plan


def limits_hit(plan: Plan, python: str, limits: Iterable[Limit] = PARTICULAR) -> tuple[LimitHit, ...]:
    """Return the limits of distributions of which *plan* installs two copies or more, in the table's order.

    :param python: the version of the project's Python, `3.12.1`.
    """
    return tuple(
        LimitHit(limit, name, tuple(version for version in plan.versioned[name] if version in copies))
        for limit in limits
        for name in limit.distributions
        if len(copies := _copies(name, plan)) > 1
        and _is_in(limit.python, python)
        and any(_is_in(limit.any_of, version) for version in copies)
    )


def _copies(name: str, plan: Plan) -> list[str]:
    return [place.pins[name].version for place in plan.everywhere() if name in place.pins]


def _is_in(specifiers: str, version: str) -> bool:
    """Tell whether a version is in a set; one that is none (a URL's, a local project's) may be any."""
    try:
        return SpecifierSet(specifiers).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True
