"""Planning and installing until installing teaches nothing that changes the plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.config.request import LockUse
from orchestrator.errors import InstallError
from orchestrator.install import stage
from orchestrator.lock import FILE, hashes
from orchestrator.lock.error import LockError
from orchestrator.lock.inputs import same_platform
from orchestrator.lock.make import make_lock
from orchestrator.lock.several import with_others
from orchestrator.lock.text import to_text
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.inputs import own_names
from orchestrator.pipeline.local_sources import local_pins
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.homes import make_plan
from orchestrator.plan.optional import with_optional
from orchestrator.plan.views import application_view
from orchestrator.resolution.kin import beside
from orchestrator.state.freshness import sources_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.environments.site import Staged
    from orchestrator.install.record import InstalledDistribution
    from orchestrator.lock.hashes import Hashes
    from orchestrator.lock.model import Lock
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.plan.views import View
    from orchestrator.resolution.kin import Kin
    from orchestrator.resolution.outcome import Groups
    from orchestrator.state.documents import SourceEntry
    from orchestrator.system.console import Reporter

# Installing teaches (namespace packages, clashes, undeclared imports); each lesson can bring one more round.
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Converged:
    """What a build has come to."""

    groups: Groups
    """Those of the whole project, which the lock holds."""
    chosen: Groups
    """What the selected requirements need of them, which is installed."""
    plan: Plan
    view: View
    """What the application sees."""
    staged: Staged
    knowledge: Knowledge
    hashes: Hashes
    sources: Mapping[str, SourceEntry] = field(default_factory=dict)
    """The local folders that it was installed from, as they were before; nothing of what was in place already."""
    installed: Mapping[str, Sequence[InstalledDistribution]] = field(default_factory=dict)
    """Environment name → what is installed there; nothing where nothing is to be made."""

    def with_actual_versions(self) -> Converged:
        """Return the same with the versions that installing has brought to light; nobody sees anything else for it."""
        plan, knowledge = with_actual_versions(self.plan, self.knowledge)
        return replace(self, plan=plan, knowledge=knowledge)


def converge(inputs: BuildInputs, reporter: Reporter, knowledge: Knowledge, groups: Groups) -> Converged:
    """Install, and begin again where installing shows that it has to be otherwise.

    :param knowledge: what is known before anything is installed.
    :param groups: what has been resolved.
    :raises LockError: the lock was to be taken as it is, and what it holds cannot be installed together.
    """
    known_hashes = hashes_of(inputs, groups)
    root = inputs.project.root
    sources: dict[str, SourceEntry] = {}
    for _ in range(MOST_ROUNDS):
        chosen = inputs.of_selected(groups, knowledge)
        plan = _homes(inputs, chosen, knowledge)
        sources = {
            folder: sources.get(folder, state)
            for folder, state in sources_now(root, local_pins(plan, root)).items()
        }
        staged = stage.stage(
            plan, inputs.project, inputs.interpreter, reporter, known_hashes, housing=inputs.housing
        )
        installed = stage.installed_in(staged, inputs.interpreter)
        learned = stage.learn(staged, installed, plan, knowledge, inputs.interpreter)
        clashing = meeting(groups, learned.clashes - knowledge.clashes)
        kin_of_direct = any(
            not {each.name, each.host}.isdisjoint(own_names(inputs.requirements))
            for each in learned.kin - knowledge.kin
        )
        if not clashing and inputs.answer is None and kin_of_direct:  # others decide nothing
            knowledge = learned
            nearer = resolve(inputs, knowledge, reporter, latest=groups)
            if nearer.groups != groups.groups:
                groups = nearer
                known_hashes = hashes_of(inputs, groups)
                continue
        chosen = inputs.of_selected(groups, learned)
        if not clashing and _homes(inputs, chosen, learned) == plan:
            plan = with_optional(plan, learned)
            view = application_view(plan, learned, inputs.direct)
            return Converged(groups, chosen, plan, view, staged, learned, known_hashes, sources, installed)
        knowledge = learned
        if clashing:
            if inputs.request.lock is not LockUse.UPDATE:
                raise _unusable(clashing)
            groups = resolve(inputs, knowledge, reporter, latest=groups)
            known_hashes = hashes_of(inputs, groups)
    raise InstallError(
        f"the plan did not converge in {MOST_ROUNDS} rounds",
        causes=("every installation taught something that changed the plan again",),
        hints=("please report this with your pyproject.toml",),
    )


def planned(inputs: BuildInputs, groups: Groups, knowledge: Knowledge) -> Plan:
    """Return the plan of *groups*."""
    return with_optional(_homes(inputs, groups, knowledge), knowledge)


def _homes(inputs: BuildInputs, groups: Groups, knowledge: Knowledge) -> Plan:
    """Return the plan as far as it decides what is installed where."""
    return make_plan(groups, knowledge, frozenset(inputs.project.isolate))


def answered_plan(inputs: BuildInputs) -> Plan:
    """Return the plan of what is selected of a lock, as far as the lock knows what its distributions hold."""
    assert inputs.lock is not None
    lock = inputs.lock
    return planned(inputs, inputs.of_selected(lock.groups, lock.knowledge), lock.knowledge)


def hashes_of(inputs: BuildInputs, groups: Groups) -> Hashes:
    """Return the hashes of the pins of *groups*: the lock's, and the index' for what the lock does not hold."""
    upgraded = inputs.request.upgrade_packages
    locked = {} if inputs.lock is None or inputs.request.upgrade else inputs.lock.hashes
    elsewhere = inputs.lock is not None and not same_platform(inputs.lock.inputs, inputs.lock_inputs)
    return hashes.find(
        (pin for group in groups.groups for pin in group.resolution.pins.values()),
        {key: found for key, found in locked.items() if key[0] not in upgraded},
        inputs.project,
        inputs.interpreter,
        from_elsewhere=elsewhere,
    )


def lock_text(
    inputs: BuildInputs, converged: Converged, others: Iterable[Lock], *, anyway: bool = False
) -> str | None:
    """Return what the lock says from now on, None if it stays as it was.

    :param others: the answers for other environments.
    :param anyway: whether something else has been written since it was read.
    """
    if inputs.request.lock is not LockUse.UPDATE:
        return None
    lock = with_others(own_answer(inputs, converged), others)
    return None if lock == inputs.lock and not anyway else to_text(lock, inputs.project.root)


def own_answer(inputs: BuildInputs, converged: Converged) -> Lock:
    """Return the answer for the environment at hand that a build has come to."""
    return new_lock(inputs, converged.groups, converged.knowledge, converged.hashes)


def new_lock(
    inputs: BuildInputs,
    groups: Groups,
    knowledge: Knowledge,
    found: Mapping[tuple[str, str], tuple[str, ...]],
) -> Lock:
    """Return the lock of *groups*, which are those of the whole project, with nothing beside it."""
    plan = planned(inputs, groups, knowledge)
    view = application_view(plan, knowledge, own_names(inputs.requirements))
    return make_lock(
        inputs.lock_inputs_for(groups), groups, plan, knowledge, view, found, inputs.project.root
    )


def meeting(groups: Groups, clashes: Iterable[frozenset[str]]) -> list[tuple[str, str]]:
    """Return those *clashes* whose two sides are in one group, and neither requires the other."""
    return sorted(
        {
            (one, other)
            for one, other in (sorted(clash) for clash in clashes)
            if any(group.resolution.clashes(one, other) for group in groups.groups)
        }
    )


def parted(groups: Groups, kin: Iterable[Kin]) -> list[Kin]:
    """Return which plug-ins are not beside their host, although both are in groups.

    Of two that only other distributions brought in nobody has asked that one sees the other.
    """
    everything = frozenset[str]().union(*(group.resolution.pins.keys() for group in groups.groups))
    asked = {name for group in groups.groups for name in group.direct}
    return sorted(
        each
        for each in kin
        if each.kind == "extends"
        and {each.name, each.host} <= everything
        and not asked.isdisjoint({each.name, each.host})
        and not beside(each.name, each.host, groups.groups)
    )


def _unusable(clashing: list[tuple[str, str]]) -> LockError:
    return LockError(
        f"what `{FILE}` puts together cannot be installed together",
        causes=tuple(f"{one} and {other} provide the same module" for one, other in clashing),
        hints=("run `mvenv build` without `--locked` or `--frozen`, and commit what it writes",),
    )
