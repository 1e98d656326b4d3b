"""Which installed version takes the place of one that a pickle names and that is no longer there.

A pickle outlives the build that it was written with. Without mvenv it would be read with whatever is installed by
then; here a version that is *compatible* with the one that wrote it does: the same major version, for ``0.x`` the same
minor version, of the only distribution that provides the module. Among several it is

1. that of the environment that the pickle names (``pandas@2.0.3~reports``), if it is still there;
2. the one that has most of the version's numbers in common, from the left;
3. what the reader itself sees under the plain name;
4. the next newer one, else the next older one.
"""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass

from runtime_shim.loading import versioned_names

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from runtime_shim.model.environment import Environment

# Versions as uv writes them (PEP 440, normalised); no module's name begins with a digit. Of a local version only what
# is before its first dot is taken: what follows may as well be a module.
_NAME = re.compile(
    r"(?P<top>[^.@]+)@(?P<version>(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*"
    r"(?:(?:a|b|rc)[0-9]+)?(?:\.post[0-9]+)?(?:\.dev[0-9]+)?(?:\+[a-z0-9]+)?)"
    r"(?:~(?P<word>[^.]+))?(?P<rest>(?:\.[^.]+)*)"
)


@dataclass(frozen=True)
class Written:
    """A versioned name, taken apart."""

    top: str
    version: str
    word: str
    """What tells environments with the same version apart; empty for the first of them."""
    module_name: str
    """The plain name."""


@dataclass(frozen=True)
class Found:
    """What takes the place."""

    environment: Environment
    distribution: str
    version: str


def parse(versioned_name: str) -> Written | None:
    """Take a versioned name apart without knowing which versions there are; None if it is none."""
    found = _NAME.fullmatch(versioned_name)
    if found is None:
        return None
    top = found["top"]
    return Written(top, found["version"], found["word"] or "", top + found["rest"])


def nearest(written: Written, reader: Environment) -> Found | None:
    """Return what takes the place of a version that is not there, None if nothing that is there is compatible."""
    there = installed(written, reader)
    if len({one.distribution for one in there}) != 1:  # none, or it cannot be known whose module was written
        return None
    numbers = _numbers(written.version)
    compatible = [one for one in there if _is_compatible(numbers, _numbers(one.version))]

    def preference(one: Found) -> tuple[bool, int, bool, bool, list[int]]:
        theirs = _numbers(one.version)
        older = theirs < numbers
        return (
            not (written.word and versioned_names.word_of(one.environment) == written.word),
            -_in_common(numbers, theirs),
            reader.owners[written.module_name] is not one.environment,
            older,
            [-number for number in theirs] if older else theirs,
        )

    return min(compatible, key=preference, default=None)


def installed(written: Written, reader: Environment) -> list[Found]:
    """Return every version there is of what provides the module: of the environments, else the one for everybody."""
    found = []
    for environment in versioned_names.homes_of(written.top):
        provided = environment.distribution(written.module_name)
        if provided is not None:
            found.append(Found(environment, *provided))
    if found:
        return found
    # No environment has it: it is unversioned now, or gone.
    names = importlib.metadata.packages_distributions().get(written.top, ())
    return [Found(reader, name, importlib.metadata.version(name)) for name in dict.fromkeys(names)]


def _numbers(version: str) -> list[int]:
    """Return a version's epoch and release numbers; those that are not written are 0."""
    epoch, _, rest = version.rpartition("!")
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", rest)
    numbers = [int(epoch or 0), *(int(number) for number in found[0].split("."))] if found else [0]
    return numbers + [0] * (4 - len(numbers))


def _is_compatible(one: list[int], other: list[int]) -> bool:
    significant = 3 if one[1] == 0 else 2
    return one[:significant] == other[:significant]


def _in_common(one: list[int], other: list[int]) -> int:
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 9)
