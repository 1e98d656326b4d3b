"""The whole way: config → grouping → plan → install → manifest; every step's value is the next one's input."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator import freshness
from orchestrator.buildlock import build_lock
from orchestrator.config.disjoint import check_disjoint
from orchestrator.config.overrides import load_overrides
from orchestrator.config.project import load_project
from orchestrator.config.requirements import applicable
from orchestrator.errors import InstallError
from orchestrator.files import replace_folder
from orchestrator.graph.document import graph_document
from orchestrator.install import scripts, shim, smoke, stage, territory, venv
from orchestrator.limits.met import limits_met
from orchestrator.manifest.dependencies import DEFAULTS, VERSIONED, default_dependencies, versioned_packages
from orchestrator.manifest.importmap import import_map, relative
from orchestrator.manifest.models import to_json
from orchestrator.manifest.remembered import remember, remembered
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.homes import make_plan
from orchestrator.plan.views import View, application_view
from orchestrator.resolution import interpreter as interpreters
from orchestrator.resolution.groups import find_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.console import Reporter
    from orchestrator.install.stage import Staged
    from orchestrator.limits.model import Met
    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.resolution.interpreter import Interpreter

# Installing teaches (namespace packages, clashes, undeclared imports); each lesson can bring one more round.
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Built:
    """The outcome of a build."""

    graph: dict[str, Any]
    was_fresh: bool
    seconds: float
    failures: tuple[smoke.Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    limits: tuple[Met, ...] = ()
    """Known limits that what was installed meets."""


def build(pyproject: Path, reporter: Reporter) -> Built:
    """Bring the environments of the project of *pyproject* into step with it.

    What was running before keeps running until the new environments are complete; then the application
    environment, which holds the import map, is put in place in one step.

    :raises MvenvError: if it cannot be done; nothing that was there has changed then.
    """
    started = time.monotonic()
    root = pyproject.parent
    with build_lock(root, reporter), reporter.progress():
        record = freshness.read_record(root)
        if record is not None and freshness.is_fresh(root, record):
            # A build that was killed after its commit could not.
            territory.sweep(root, [root / path for path in record["environments"]])
            return Built(record["graph"], was_fresh=True, seconds=time.monotonic() - started)
        there = territory.environments(root)
        try:
            graph, failures, view, limits = _replace(pyproject, record, reporter)
        except BaseException:  # Control-C included: nothing unfinished stays behind
            territory.sweep(root, there)
            raise
    warnings = tuple(
        f"`{name}` comes from {' and '.join(providers)}; the application sees {providers[0]}'s"
        for name, providers in view.hidden
    )
    return Built(graph, False, time.monotonic() - started, tuple(failures), warnings, limits)


def _replace(
    pyproject: Path, record: dict[str, Any] | None, reporter: Reporter
) -> tuple[dict[str, Any], list[smoke.Failure], View, tuple[Met, ...]]:
    """Make the new environments and put them in the place of what *record* describes."""
    root = pyproject.parent
    project = load_project(pyproject)
    overrides = load_overrides(root / freshness.OVERRIDES)
    territory.check(root)
    interpreter = interpreters.find(root, project.python)
    interpreters.check(interpreter, project)
    requirements = applicable(project.requirements, interpreter.markers)
    check_disjoint(requirements, project)
    inputs = freshness.inputs(root, _local_sources(project))
    plan, staged, knowledge = _settle(project, requirements, interpreter, remembered(record), reporter)
    plan, knowledge = with_actual_versions(plan, knowledge)
    inputs["sources"] = {**freshness.inputs(root, _local_pins(plan, root))["sources"], **inputs["sources"]}
    view = application_view(plan, knowledge, [requirement.name for requirement in requirements])
    reporter.stage("Checking imports")
    _write_files(project, plan, staged, knowledge, view, interpreter, requirements, overrides)
    failures = _smoke(requirements, plan, staged, knowledge, root)
    graph = graph_document(plan, project, staged.folders(), view.borrowed)
    venv.mark(
        staged.application.folder,
        {
            "content": staged.application.content,
            "environments": [relative(site.lives_at, root) for site in staged.environments],
            "graph": graph,
            "inputs": inputs,
            "knowledge": remember(knowledge),
            "python_request": interpreters.request(project.python),
        },
    )
    replace_folder(staged.application.folder, staged.application.lives_at)
    territory.sweep(root, [site.lives_at for site in staged.environments])
    return graph, failures, view, limits_met(plan, ".".join(map(str, interpreter.version)))


def _settle(
    project: Project,
    requirements: Sequence[DirectRequirement],
    interpreter: Interpreter,
    knowledge: Knowledge,
    reporter: Reporter,
) -> tuple[Plan, Staged, Knowledge]:
    """Plan and install until installing teaches nothing that changes the plan."""
    groups = None
    known_clashes: frozenset[frozenset[str]] | None = None
    for _ in range(MOST_ROUNDS):
        if groups is None or knowledge.clashes != known_clashes:
            reporter.stage(f"Resolving {len(requirements)} requirements")
            groups = find_groups(project, requirements, interpreter, knowledge.clashes, reporter)
            known_clashes = knowledge.clashes
        plan = make_plan(
            groups.groups, groups.conflicts, knowledge, lower_bound=groups.lower_bound, proved=groups.proved
        )
        staged = stage.stage(plan, project, interpreter, reporter)
        learned = stage.learn(staged, plan, knowledge, interpreter)
        if learned.clashes == knowledge.clashes:
            again = make_plan(
                groups.groups, groups.conflicts, learned, lower_bound=groups.lower_bound, proved=groups.proved
            )
            if again == plan:
                return plan, staged, learned
        knowledge = learned
    raise InstallError(
        f"the plan did not settle in {MOST_ROUNDS} rounds",
        causes=("every installation taught something that changed the plan again",),
        hints=("please report this with your pyproject.toml",),
    )


def _write_files(
    project: Project,
    plan: Plan,
    staged: Staged,
    knowledge: Knowledge,
    view: View,
    interpreter: Interpreter,
    requirements: Sequence[DirectRequirement],
    overrides: dict[str, Any],
) -> None:
    folder = staged.application.folder
    direct = tuple(requirement.name for requirement in requirements)
    shim.write_beside(
        folder / interpreter.library,
        {
            VERSIONED: to_json(versioned_packages(plan, knowledge)),
            DEFAULTS: to_json(default_dependencies(plan, knowledge, project, direct)),
            freshness.OVERRIDES: to_json(overrides),
        },
    )
    if not plan.is_divided:
        return
    _write_scripts(staged, view, interpreter)
    the_map = import_map(
        plan,
        knowledge,
        view,
        root=project.root,
        folders=staged.folders(),
        library=interpreter.library,
        added=stage.added_folders(staged, interpreter),
    )
    shim.write(venv.site_packages(folder, interpreter), venv.python(folder), the_map.text())


def _write_scripts(staged: Staged, view: View, interpreter: Interpreter) -> None:
    """Put the console scripts of what the application sees into its ``bin``, direct requirements' first."""
    packages = {
        site.environment.name: venv.site_packages(site.folder, interpreter) for site in staged.environments
    }
    for name, home in view.borrowed.items():
        for script, target in scripts.console_scripts(packages[home], name).items():
            scripts.write(staged.application.folder / "bin", script, target)


def _smoke(
    requirements: Sequence[DirectRequirement], plan: Plan, staged: Staged, knowledge: Knowledge, root: Path
) -> list[smoke.Failure]:
    modules: list[tuple[str, dict[str, list[str]]]] = []
    for group in plan.groups:
        names: dict[str, list[str]] = {}
        for requirement in requirements:
            pin = group.resolution.pins.get(requirement.name)
            if requirement.text in group.requirements and pin is not None:
                contents = knowledge.contents.get((requirement.name, pin.version))
                imports = contents.imports if contents is not None else ()
                names[requirement.name] = [
                    name for name in imports if not name.rpartition(".")[2].startswith("_")
                ]
        modules.append((group.requirements[0], names))
    return smoke.check(venv.python(staged.application.folder), root, modules)


def _local_sources(project: Project) -> dict[str, bool]:
    sources = {}
    for source in project.uv_sources.values():
        if isinstance(source, dict) and "path" in source:
            folder = relative(project.root / source["path"], project.root)
            sources[folder] = bool(source.get("editable", False))
    return sources


def _local_pins(plan: Plan, root: Path) -> dict[str, bool]:
    """Return the folders that are installed from: those named by URL, and those that local projects need."""
    return {
        relative(Path(pin.source), root): pin.specification.startswith("-e ")
        for environment in plan.everywhere()
        for pin in environment.pins.values()
        if pin.source is not None
    }
