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

from runtime_shim.overrides.installed import PROJECT, Installed
from runtime_shim.overrides.redirect import redirected
from runtime_shim.overrides.rules import Rule, applying, follow
from runtime_shim.overrides.versions import same_version

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runtime_shim.model.import_map import ImportMap
    from runtime_shim.overrides.installed import Disk, Instance
    from runtime_shim.overrides.rules import Chain

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
    document: ImportMap, asked: Sequence[Rule], in_force: Sequence[Rule], disk: Disk
) -> tuple[ImportMap, list[Unmet]]:
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
    """Return the contexts (see :func:`runtime_shim.overrides.rules.follow`) in which each instance is imported."""
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
