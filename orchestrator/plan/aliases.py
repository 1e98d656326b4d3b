"""What the application's import aliases stand for: a module in the environment of the alias' own group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.faults import join_words
from orchestrator.errors import ConfigError
from orchestrator.plan.model import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.config.model import ImportAlias
    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.plan.views import View
    from orchestrator.uv.model import Pin


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """What one alias stands for."""

    module: str
    """The import name that the distribution itself gives it."""
    environment: str
    """Where the distribution is installed."""


@dataclass(frozen=True, slots=True)
class ApplicationAliases:
    """What all of them stand for."""

    targets: Mapping[str, AliasTarget]
    """Import name that the application uses → what it stands for."""
    warnings: tuple[str, ...] = ()
    """What an alias hides from the application, a sentence each."""


def application_aliases(
    plan: Plan, knowledge: Knowledge, aliases: Iterable[ImportAlias], view: View
) -> ApplicationAliases:
    """Return what *aliases* stand for; those that are in no group (an environment marker) are left out.

    :param view: what the application sees without them.
    :raises ConfigError: the distribution has several import names and the alias does not say which one is meant,
        or it has not the one that is.
    """
    targets: dict[str, AliasTarget] = {}
    warnings: list[str] = []
    for alias in aliases:
        name, distribution = alias.requirement.alias, alias.requirement.name
        for number, group in enumerate(plan.groups):
            if group.aliases.get(name) != alias.requirement.text:
                continue
            pin = group.resolution.pins[distribution]
            environment = plan.homes[number].get(distribution, APPLICATION)
            targets[name] = AliasTarget(_module(alias, pin, knowledge), environment)
            hidden = _seen_otherwise(name, plan, knowledge, view)
            if hidden is not None and hidden != (f"{distribution} {pin.version}", environment):
                warnings.append(
                    f"the alias `{name}`, {distribution} {pin.version}, hides the module of that name that the "
                    f"application would see, {hidden[0]}'s"
                )
    return ApplicationAliases(dict(sorted(targets.items())), tuple(warnings))


def _module(alias: ImportAlias, pin: Pin, knowledge: Knowledge) -> str:
    """Return the import name that is meant: the one that is said, the only one, or that of the distribution's name."""
    contents = knowledge.contents.get((pin.name, pin.version))
    known = contents.imports if contents is not None else ()
    public = [name for name in known if not name.rpartition(".")[2].startswith("_")]
    if alias.module:
        if not known or any(_lies_in(alias.module, name) or _lies_in(name, alias.module) for name in known):
            return alias.module
        raise _unclear(alias, f"{pin.name} {pin.version} has no module `{alias.module}`", public)
    own = [name for name in public if canonicalize_name(name) == pin.name]
    found = public if len(public) == 1 else own
    if len(found) == 1:
        return found[0]
    message = f"the alias `{alias.requirement.alias}` could mean several modules of {pin.name} {pin.version}"
    if not public:
        message = f"the alias `{alias.requirement.alias}` means no module: {pin.name} {pin.version} has none to import"
    raise _unclear(alias, message, public)


def _unclear(alias: ImportAlias, message: str, public: Sequence[str]) -> ConfigError:
    requirement = alias.requirement
    if not public:
        return ConfigError(message, causes=(requirement.entry,))
    module = next((name for name in public if name != alias.module), public[0])
    table = f'{requirement.alias} = {{requirement = "{requirement.text}", module = "{module}"}}'
    return ConfigError(
        message,
        causes=(f"{requirement.entry}: its import names are {join_words(public, 'and')}",),
        hints=(f"say which one: `{table}` in `[tool.mvenv.aliases]`",),
    )


def _lies_in(module: str, package: str) -> bool:
    return (module + ".").startswith(package + ".")


def _seen_otherwise(name: str, plan: Plan, knowledge: Knowledge, view: View) -> tuple[str, str] | None:
    """Return whose module the application would get by an alias' name (`kit 1`), and where that is."""
    for environment in plan.everywhere():
        for distribution, pin in environment.pins.items():
            is_seen = environment is plan.application or view.borrowed.get(distribution) == environment.name
            contents = knowledge.contents.get((distribution, pin.version))
            if is_seen and contents is not None and name in contents.tops:
                return f"{distribution} {pin.version}", environment.name
    return None
