"""The direct requirements: `project.dependencies` with what `[tool.mvenv.constraints]` adds to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from orchestrator.config.faults import Fault, did_you_mean, quote, wrong_type
from orchestrator.config.location import KeyPath, printable, show_key
from orchestrator.config.model import DirectRequirement
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEPENDENCIES: KeyPath = ("project", "dependencies")
CONSTRAINTS: KeyPath = ("tool", "mvenv", "constraints")

_LEADING_NAME = re.compile(r"\s*\+?\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")


def read_requirements(
    project: Mapping[str, Any], constraints: object, faults: list[Fault]
) -> tuple[DirectRequirement, ...]:
    """Read `project.dependencies` and give every entry its constraints.

    :param project: the `[project]` table.
    :param constraints: the value of `[tool.mvenv].constraints`; of a wrong shape (which `settings` reports),
        what can be read is checked all the same.
    :param faults: takes what is wrong.
    """
    dynamic = project.get("dynamic", [])
    if not isinstance(dynamic, list):
        faults.append(wrong_type(("project", "dynamic"), "a list of strings", dynamic))
    elif "dependencies" in dynamic:
        faults.append(
            Fault(
                ("project", "dynamic", dynamic.index("dependencies")),
                "`dependencies` is dynamic, so pyproject.toml does not say what the project requires",
                hints=("move the requirements to `project.dependencies`, and delete `dependencies` here",),
            )
        )
        return ()
    written = project.get("dependencies", [])
    if not isinstance(written, list):
        faults.append(wrong_type(DEPENDENCIES, "a list of strings", written))
        return ()
    parsed = {index: _parse(text, (*DEPENDENCIES, index), faults) for index, text in enumerate(written)}
    names = {
        index: canonicalize_name(requirement.name) for index, requirement in parsed.items() if requirement
    }
    # A requirement that does not parse still has a name: its constraints are not called unknown as well.
    guesses = [_LEADING_NAME.match(text) for text in written if isinstance(text, str)]
    known: set[str] = {*names.values(), *(canonicalize_name(guess[1]) for guess in guesses if guess)}
    bounds = _read_constraints(constraints, known, faults)
    return tuple(
        DirectRequirement(
            text=written[index],
            name=name,
            entry=show_key((*DEPENDENCIES, index)),
            constraints=tuple(entry for entry in bounds.get(name, ()) if not entry.startswith("+")),
            additions=tuple(entry[1:] for entry in bounds.get(name, ()) if entry.startswith("+")),
        )
        for index, name in names.items()
    )


def applicable(
    requirements: Iterable[DirectRequirement], environment: Mapping[str, str]
) -> tuple[DirectRequirement, ...]:
    """Drop the requirements whose environment marker is false.

    :param environment: marker variables of the target Python; what it leaves out is that of the running one
        (`packaging.markers.default_environment`).
    :raises ConfigError: a marker compares what cannot be compared, such as `os_name ~= "posix"`.
    """
    return tuple(requirement for requirement in requirements if _applies(requirement, environment))


def _applies(requirement: DirectRequirement, environment: Mapping[str, str]) -> bool:
    marker = Requirement(requirement.text).marker
    try:
        return marker is None or marker.evaluate(dict(environment))
    except (UndefinedComparison, UndefinedEnvironmentName) as error:
        raise ConfigError(
            f"the environment marker of {quote(requirement.text)} has no answer",
            causes=(f"{requirement.entry}: {printable(str(error))}",),
        ) from error


def _parse(text: object, key: KeyPath, faults: list[Fault]) -> Requirement | None:
    """Parse a requirement, or one with a leading `+` in the constraints; None if it is a fault."""
    if not isinstance(text, str):
        faults.append(wrong_type(key, "a string", text))
        return None
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        # packaging's text goes on with the requirement and an arrow below it.
        reason = printable(str(error).partition("\n")[0])
    except RecursionError:
        reason = "it is nested too deeply"
    faults.append(Fault(key, f"{quote(text)} is not a valid requirement", reason=reason))
    return None


def _read_constraints(constraints: object, known: set[str], faults: list[Fault]) -> dict[str, list[str]]:
    """Return the valid entries by canonical name, `+` directly before the requirement."""
    valid: dict[str, list[str]] = {}
    for written, entries in constraints.items() if isinstance(constraints, dict) else ():
        name = canonicalize_name(written)
        if name not in known:
            hint = "the project has no direct requirements to constrain"
            if known:
                hint = did_you_mean(written, sorted(known), otherwise="the direct requirements are")
            message = f"{quote(written)} is not a direct requirement of the project"
            faults.append(Fault((*CONSTRAINTS, written), message, hints=(hint,)))
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, str) and _is_valid_constraint(entry, (*CONSTRAINTS, written, index), faults):
                plus, text = _split_plus(entry)
                valid.setdefault(name, []).append(plus + text)
    return valid


def _is_valid_constraint(entry: str, key: KeyPath, faults: list[Fault]) -> bool:
    plus, text = _split_plus(entry)
    requirement = _parse(text, key, faults)
    if requirement is None:
        return False
    if plus or requirement.specifier or requirement.url:
        return True
    faults.append(
        Fault(
            key,
            f"the constraint {quote(text)} bounds no version",
            hints=(
                f"add a version bound to {quote(text)}, or write {quote('+' + text)} to require it as well",
            ),
        )
    )
    return False


def _split_plus(entry: str) -> tuple[str, str]:
    text = entry.strip()
    return ("+", text[1:].strip()) if text.startswith("+") else ("", text)
