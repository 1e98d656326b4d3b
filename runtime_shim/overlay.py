"""Overrides that take effect without a build: another import map, made from the one that the build has left.

Whose view an override changes must be that release's alone. So a distribution with an override gets an environment
of its own over the same folder ("dep-a/reports": the files of `reports` in the environment `dep-a`), with the view of
that environment but for the overridden dependency. Its neighbours keep their view; whoever saw the distribution sees
it in its new environment.

Files are loaded once and have one view. What would need two (a release that two importers of it are to see with
different dependencies) is left to ``mvenv build``, and nothing of it is done here.

Pure: values in, values out; what lies on the disk is asked of the ``disk`` argument.
"""

from __future__ import annotations

from runtime_shim.overrides import Rule, applying, comparable, follow
from runtime_shim.redirecting import PROJECT, redirected
from runtime_shim.versions import same_version

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Protocol

    from runtime_shim.overrides import Chain
    from runtime_shim.redirecting import Document, Instance

    class Disk(Protocol):
        """What the import map does not tell."""

        def shared(self) -> dict[str, str]:
            """Return canonical name → version of what is installed beside the application."""

        def requires(self, instance: Instance) -> Sequence[str]:
            """Return the canonical names of what a distribution's own metadata may require."""

        def import_names(self, name: str) -> Sequence[str] | None:
            """Return the import names of a shared distribution, None where they cannot be parted from others'."""


NOT_INSTALLED = "asks for what is not installed"
SEVERAL = "asks for what a build has to keep apart"
GONE = "no longer asks for what is in force"


class Unmet:
    """A rule that only a build can put in force, or out of force, and why."""

    __slots__ = ("reason", "rule")

    def __init__(self, rule: Rule, reason: str) -> None:
        self.rule = rule
        self.reason = reason

    def __repr__(self) -> str:
        return f"<{self.reason}: {self.rule}>"


def overlay(
    document: Document, asked: Sequence[Rule], in_force: Sequence[Rule], disk: Disk
) -> tuple[Document, list[Unmet]]:
    """Return the import map with the rules *asked* in effect, as far as what is installed allows, and the rest.

    :param document: the import map, which stays as it is.
    :param in_force: the rules with which it was made.
    """
    installed = Installed(document, disk)
    unmet = [Unmet(rule, GONE) for rule in _gone(asked, in_force) if installed.instances(rule.path[-1])]
    moves, refused = _settle(installed, asked)
    unmet += [Unmet(rule, reason) for rule, reason in refused.items() if rule not in in_force]
    return (redirected(document, installed, moves) if moves else document), unmet


def _gone(asked: Sequence[Rule], in_force: Sequence[Rule]) -> Iterator[Rule]:
    choices = {rule.choice for rule in asked}
    return (rule for rule in in_force if rule.choice not in choices)


class Installed:
    """Who finds what, by the import map."""

    def __init__(self, document: Document, disk: Disk) -> None:
        self.disk = disk
        self.shared = disk.shared()
        self._application = document["application"]
        self._environments = document["environments"]
        self.project: dict[str, Any] = document.get("project") or {"name": "", "version": "", "requires": []}

    def release(self, instance: Instance) -> tuple[str, str]:
        """Return name and version of what is installed, or of the project."""
        environment, name = instance
        if instance == PROJECT:
            return self.project["name"], self.project["version"]
        if not environment:
            return name, self.shared[name]
        return name, self._environments[environment]["distributions"][name]

    def instances(self, release: tuple[str, str]) -> list[Instance]:
        """Return where a release is installed; the project is one, too."""
        wanted = comparable(release)
        name = wanted[0]
        everything = [
            (environment, name)
            for environment, part in self._environments.items()
            if name in part["distributions"]
        ]
        if not everything:  # a name that environments hold is never looked for beside the application
            everything = [PROJECT, *([("", name)] if name in self.shared else [])]
        return [instance for instance in everything if comparable(self.release(instance)) == wanted]

    def found(self, importer: Instance, name: str) -> Instance | None:
        """Return the instance of *name* that *importer* finds."""
        environment = importer[0]
        part = self._environments[environment] if environment else self._application
        if name in part["distributions"]:
            return environment, name
        if name in part["borrowed"]:
            return part["borrowed"][name], name
        return ("", name) if name in self.shared else None

    def requires(self, instance: Instance) -> Sequence[str]:
        """Return the names of what an instance, or the project, may require."""
        return self.project["requires"] if instance == PROJECT else self.disk.requires(instance)

    def aliased(self) -> Iterator[Instance]:
        """Yield what the application imports under aliases of its own."""
        for meant in self._application.get("aliases", {}).values():
            providers = self._environments.get(meant["environment"], self._application)["providers"]
            if meant["module"] in providers:
                yield meant["environment"], providers[meant["module"]]

    def names(self, instance: Instance) -> Sequence[str] | None:
        """Return the import names of an instance; None where they cannot be parted from others'."""
        environment, name = instance
        if instance == PROJECT:
            return ()
        if not environment:
            return self.disk.import_names(name)
        providers = self._environments[environment]["providers"]
        return [import_name for import_name, provider in providers.items() if provider == name]

    def beside(self, environment: str, top: str) -> dict[str, Instance]:
        """Return portion → instance of the namespace package *top*, of those installed in *environment*."""
        providers = self._environments[environment]["providers"]
        return {
            name: (environment, provider)
            for name, provider in providers.items()
            if name.startswith(top + ".")
        }


def _settle(
    installed: Installed, asked: Sequence[Rule]
) -> tuple[dict[Instance, dict[str, Instance]], dict[Rule, str]]:
    """Return instance → dependency → the instance it is to find from now on, and the rules that cannot be.

    A refused rule still decides: what it is about stays as it is, and is not left to a more general rule.
    """
    refused: dict[Rule, str] = {}
    while True:
        moves: dict[Instance, dict[str, Instance]] = {}
        before = len(refused)
        for instance, contexts in _situations(installed, asked, refused).items():
            deciding = [applying(asked, context) for context in contexts]
            for name in dict.fromkeys(name for rules in deciding for name in rules):
                rules = [rules.get(name) for rules in deciding]
                now = installed.found(instance, name)
                then = {_target(installed, instance, name, rule, refused) for rule in rules}
                if len(then) > 1 or (then != {now} and installed.names(instance) is None):
                    refused.update((rule, SEVERAL) for rule in rules if rule and rule not in refused)
                elif then != {now}:
                    moves.setdefault(instance, {}).update((name, there) for there in then if there)
        if len(refused) == before:
            return moves, refused


def _target(
    installed: Installed, importer: Instance, name: str, rule: Rule | None, refused: dict[Rule, str]
) -> Instance | None:
    """Return the instance of *name* that *importer* is to find where *rule* decides; refuse what is not installed."""
    now = installed.found(importer, name)
    if rule is None or rule in refused or (now and same_version(installed.release(now)[1], rule.version)):
        return now
    there = installed.instances((name, rule.version))
    if not there:
        refused[rule] = NOT_INSTALLED
        return now
    return next((instance for instance in there if instance[0] == importer[0]), there[0])


def _situations(
    installed: Installed, asked: Sequence[Rule], refused: dict[Rule, str]
) -> dict[Instance, list[Chain]]:
    """Return the contexts (see :func:`runtime_shim.overrides.follow`) in which each instance is imported."""
    found: dict[Instance, list[Chain]] = {}

    def walk(instance: Instance, context: Chain) -> None:
        waiting = [(instance, context)]
        while waiting:
            instance, outside = waiting.pop()
            context = follow(asked, outside, installed.release(instance))
            if context in found.setdefault(instance, []):
                continue
            found[instance].append(context)
            rules = applying(asked, context)
            for name in dict.fromkeys((*installed.requires(instance), *rules)):
                target = _target(installed, instance, name, rules.get(name), refused)
                if target is not None:
                    waiting.append((target, context))

    walk(PROJECT, ())
    for instance in installed.aliased():
        walk(instance, found[PROJECT][0])
    for importer in dict.fromkeys(rule.path[-1] for rule in asked):
        for instance in installed.instances(importer):
            if instance not in found:  # required by nobody we know of: an extra requirement, say
                walk(instance, ())
    return found


def describe(unmet: Sequence[Unmet]) -> str:
    """Say in words what only a build can do; empty if there is nothing."""
    reasons = dict.fromkeys(one.reason for one in unmet)
    return ", ".join(
        f"{reason} ({'; '.join(str(one.rule) for one in unmet if one.reason == reason)})"
        for reason in reasons
    )
