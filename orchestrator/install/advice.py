"""What a failed smoke import means: whether it matters, and what to write into ``[tool.mvenv.constraints]``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.install.promises import Promises
    from orchestrator.install.smoke import ImportFailure
    from orchestrator.plan.checks import Checks
    from orchestrator.plan.model import Knowledge, Plan

# What old releases say when a newer dependency took something away → the constraint that brings it back.
_LIKELY = (
    (
        r"numpy\.dtype size changed|compiled using NumPy 1|_ARRAY_API not found|np\.\w+`? was removed",
        "numpy<2",
    ),
    (r"numpy\.core\.\w+ failed to import", "numpy<2"),
    (r"module 'numpy' has no attribute|cannot import name '\w+' from 'numpy", "numpy<2"),
    (r"No module named 'pkg_resources\b", "+setuptools<81"),
    (r"No module named 'distutils\b", "+setuptools"),
    # What is in its `_internal` is pydantic 2's.
    (
        r"cannot import name '\w+' from 'pydantic(?!\._internal)|PydanticImportError|PydanticUserError",
        "pydantic<2",
    ),
)
# PEP 594 and the modules removed with it in 3.12 and 3.13: what an index holds under these names is another thing.
_LEFT_THE_STANDARD_LIBRARY = frozenset(
    "aifc asynchat asyncore audioop cgi cgitb chunk crypt imghdr imp lib2to3 mailcap msilib nis nntplib "  # noqa: SIM905
    "ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib".split()
)
_OF_SETUPTOOLS = frozenset({"pkg_resources", "distutils", "setuptools"})
_TELLING = 3  # letters
# Import names that don't tell the distribution, of some that are often asked for.
_BROUGHT_BY = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "MySQLdb": "mysqlclient",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
}
_MISSING = re.compile(r"No module named '(\w+)(\.)?")
# What the error names as the place where something is not.
_NAMED = (
    re.compile(r"cannot import name '[^']*' from (?:partially initialized module )?'(\w+)"),
    re.compile(r"module '(\w+)[\w.]*' has no attribute"),
    re.compile(r"No module named '(\w+)\."),
    re.compile(r".*/site-packages/(\w+)"),
)
# What the shim advises, of what the environments hold.
_ADVISED = re.compile(r'add "(\+[^"]+)" to \[tool\.mvenv\.constraints\]')


@dataclass(frozen=True, slots=True)
class Advised:
    """A failure that matters, and what may help."""

    failure: ImportFailure
    hint: str
    guess: str = ""
    """What `[tool.mvenv.constraints]` may have to say of the requirement, by the error; empty if it says nothing."""
    cure: tuple[str, ...] = ()
    """What it has to say, tried."""
    sought: bool = False
    """Whether that has been looked for."""

    def cured(self, constraints: tuple[str, ...]) -> Advised:
        """Return the same with constraints that were tried."""
        written = _constraint(self.failure, *constraints)
        hint = f"{written}: with it the import works (`mvenv doctor --fix` writes it)"
        return replace(self, hint=hint, cure=constraints, sought=True)

    def sought_further(self) -> Advised:
        """Return the same of what nothing was found for in the time that there was."""
        hint = f"{self.hint}; `mvenv doctor --fix` looks longer for what helps"
        return replace(self, hint=hint, sought=True)


class Advisor:
    """What is known of the distributions that were tried.

    :param checks: what was tried, for each group of *plan*.
    :param promised: what their metadata says.
    """

    def __init__(
        self,
        plan: Plan,
        knowledge: Knowledge,
        checks: Sequence[Checks],
        promised: Mapping[tuple[str, str], Promises],
    ) -> None:
        self._plan = plan
        self._knowledge = knowledge
        self._checks = checks
        self._promised = promised

    def advise(self, failures: Sequence[ImportFailure]) -> tuple[Advised, ...]:
        """Return the failures that matter, each with a hint."""
        return tuple(
            Advised(failure, self.hint(failure), self.guess(failure) or "")
            for failure in failures
            if not self._is_optional(failure)
        )

    def _is_optional(self, failure: ImportFailure) -> bool:
        """Whether a module that failed is there for an extra which nobody has asked for.

        Never the distribution's main module (the one that is called like it; where none is, any may be), and never
        for something that the distribution requires anyway, or with the extras that were asked for. Of its main
        command the metadata has to say so; others may want what no extra names (``jupyter-labhub`` wants JupyterHub).
        """
        group, checks = self._plan.groups[failure.group], self._checks[failure.group]
        name = checks.distributions[failure.module]
        version = group.resolution.pins[name].version
        promised = self._promised.get((name, version))
        own = {
            each: plain_name(each, version) for each, whose in checks.distributions.items() if whose == name
        }
        commands = {each for found in checks.commands.values() for each in found}
        importable = [plain for each, plain in own.items() if each not in commands]
        if promised is None or own[failure.module] in _main(importable, name):
            return False
        needed = group.resolution.requires.get(name, frozenset()) | group.redirects.get(name, {}).keys()
        unasked = {extra: names - needed for extra, names in promised.extras.items() if names - needed}
        if any(f"[{extra}]" in failure.message for extra in unasked):
            return True
        lacking = failure.missing.partition(".")[0]
        if not lacking or lacking in _OF_SETUPTOOLS | _LEFT_THE_STANDARD_LIBRARY:
            return False
        brought = {*self._providers(lacking), canonicalize_name(_BROUGHT_BY.get(lacking, lacking))}
        if needed & brought:  # what it requires is installed, and so known by its import names
            return False
        if failure.module not in commands:
            return bool(unasked)  # what an extra requires need not be called like what it brings
        main = {promised.commands[each] for each in _main(list(promised.commands), name)}
        if own[failure.module] not in main:
            return True
        return any(_may_bring(each, brought) for names in unasked.values() for each in names)

    def guess(self, failure: ImportFailure) -> str | None:
        """Return the constraint that the error suggests, None if it suggests none."""
        for pattern, constraint in _LIKELY:
            if re.search(pattern, failure.message):
                return constraint
        missing = _MISSING.search(failure.message)
        if missing is not None and missing[1] in _LEFT_THE_STANDARD_LIBRARY:
            return None
        advised = _ADVISED.search(failure.message)
        if advised is not None:
            return advised[1]
        if missing is not None and not missing[2]:
            return f"+{self._distribution(missing[1])}"
        return self._older(failure)

    def hint(self, failure: ImportFailure) -> str:
        """Suggest what to write into ``[tool.mvenv.constraints]``."""
        guess = self.guess(failure)
        missing = _MISSING.search(failure.message)
        if guess is None:
            if missing is not None and missing[1] in _LEFT_THE_STANDARD_LIBRARY:
                return f"`{missing[1]}` is no longer in Python's standard library; an older Python has it"
            if not self._needed(failure):
                return "it requires nothing else: its own code fails, and another release of it may do"
            return (
                "its metadata may promise too much; an older release of a dependency may do: give "
                f'`"{failure.requirement}"` an upper bound for it in `[tool.mvenv.constraints]`'
            )
        written = _constraint(failure, guess)
        if guess != self._older(failure):
            return written
        if missing is not None:
            return f"`{missing[1]}` is there without it; an older release may do: {written}"
        name = guess.partition("<")[0]
        return f"its metadata may promise too much; an older release of {name} may do: {written}"

    def _needed(self, failure: ImportFailure) -> frozenset[str]:
        """Return what the distribution of a module requires."""
        group = self._plan.groups[failure.group]
        own = self._checks[failure.group].distributions.get(failure.module, failure.requirement)
        redirected = group.redirects.get(own, {})
        return group.resolution.requires.get(own, frozenset()) | redirected.keys()

    def _providers(self, top: str) -> list[str]:
        return sorted({name for (name, _), found in self._knowledge.contents.items() if top in found.tops})

    def _distribution(self, top: str) -> str:
        """Return the one distribution to add for the sake of an import name."""
        providers = self._providers(top)
        direct = [name for group in self._plan.groups for name in group.direct if name in providers]
        return next(iter([*direct, *providers]), _BROUGHT_BY.get(top, top))

    def _older(self, failure: ImportFailure) -> str | None:
        """Return the bound that excludes the release which the error names, None if it names none of a dependency."""
        group = self._plan.groups[failure.group]
        own = self._checks[failure.group].distributions.get(failure.module, failure.requirement)
        for pattern in _NAMED:
            found = pattern.search(failure.message)
            for name in self._providers(found[1]) if found is not None else ():
                holder = self._plan.groups[group.redirects.get(own, {}).get(name, failure.group)]
                pin = holder.resolution.pins.get(name)
                if name != own and pin is not None:
                    return f"{name}<{pin.version}"
        return None


def _constraint(failure: ImportFailure, *texts: str) -> str:
    listed = ", ".join(f'"{each}"' for each in texts)
    return f'add `"{failure.requirement}" = [{listed}]` to `[tool.mvenv.constraints]`'


def plain_name(module: str, version: str) -> str:
    """Return the plain name of a module that may be called by its versioned name."""
    return module.replace(f"@{version}", "", 1)


def _main(names: Sequence[str], distribution: str) -> Sequence[str]:
    """Return those import names or commands of a distribution that it is there for, as far as names tell."""
    whole = distribution.replace("-", "")
    called = {name: canonicalize_name(name).replace("-", "") for name in names}
    alike = [name for name, word in called.items() if word == whole]
    return alike or [name for name, word in called.items() if word in whole] or names


def _may_bring(distribution: str, names: Iterable[str]) -> bool:
    """Whether a distribution may be what brings one of these import names, or is one of these distributions."""
    for name in names:
        shorter, longer = sorted((name, distribution), key=len)
        if name == distribution or (len(shorter) >= _TELLING and shorter in longer):
            return True
    return False
