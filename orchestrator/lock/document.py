"""Several answers in one document: the first in full, of the others what differs, and each release once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.lock.form import LockTable, PackageTable
from orchestrator.system.names import SEVERAL_SINCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

ANSWER = "answer"
"""Key of the others."""
_INPUTS = "inputs"
_PACKAGE = "package"
_OF_THE_FILE = ("version", _INPUTS, _PACKAGE, ANSWER)

_Release = tuple[str, str]


def combined(tables: Sequence[LockTable]) -> dict[str, Any]:
    """Return the document of some answers, of which the first is written as if it was alone."""
    first, *others = tables
    if not others:
        return _written(first)
    packages = _packages(first)
    held = _held(first)
    for other in others:
        for release, package in _packages(other).items():
            # Of what the first one holds it says itself what is known: one version may come from two places.
            if release not in held:
                packages.setdefault(release, package)
    every = [package for _, package in sorted(packages.items())]
    document = _written(first.model_copy(update={"version": SEVERAL_SINCE, _PACKAGE: every}))
    return {**document, ANSWER: [_difference(first, other, packages) for other in others]}


def separated(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a document for each answer of one that is as :class:`LockTable` says; the inverse of :func:`combined`."""
    first = {key: value for key, value in document.items() if key != ANSWER}
    yield first
    for answer in document.get(ANSWER, ()):
        packages = {
            (package["name"], package["version"]): package
            for package in (*first.get(_PACKAGE, ()), *answer.get(_PACKAGE, ()))
        }
        yield {
            **first,
            **answer,
            _INPUTS: {**first[_INPUTS], **answer[_INPUTS]},
            _PACKAGE: list(packages.values()),
        }


def _difference(
    first: LockTable, other: LockTable, packages: Mapping[_Release, PackageTable]
) -> dict[str, Any]:
    inputs = other.inputs
    whose = {"python": inputs.python, "platform": inputs.platform}
    found = {_INPUTS: {**whose, **_unlike(first.inputs, inputs)}}
    found |= {key: value for key, value in _unlike(first, other).items() if key not in _OF_THE_FILE}
    own = _packages(other)
    unlike = [
        _written(own.get(release) or PackageTable(name=release[0], version=release[1]))
        for release in sorted(_held(other))
        if own.get(release) != packages.get(release)
    ]
    return {**found, _PACKAGE: unlike} if unlike else found


def _packages(table: LockTable) -> dict[_Release, PackageTable]:
    return {(package.name, package.version): package for package in table.package}


def _held(table: LockTable) -> frozenset[_Release]:
    return frozenset((pin.name, pin.version) for group in table.group for pin in group.packages)


def _unlike(one: BaseModel, other: BaseModel) -> dict[str, Any]:
    """Return the entries of *other* that *one* has not, in their order; what is a default only there, as well."""
    before, now = (each.model_dump(mode="json", by_alias=True) for each in (one, other))
    written = _written(other)
    return {key: written.get(key, value) for key, value in now.items() if value != before[key]}


def _written(table: BaseModel) -> dict[str, Any]:
    return table.model_dump(mode="json", by_alias=True, exclude_defaults=True)
