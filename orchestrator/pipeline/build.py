"""The whole way: config → grouping → plan → install → manifest; every step's value is the next one's input."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.config import overrides
from orchestrator.config.request import Request
from orchestrator.environments import ownership, venv
from orchestrator.install import scripts, shim, smoke, stage
from orchestrator.limits.applies import limits_met
from orchestrator.lock import FILE
from orchestrator.lock.file import replaced
from orchestrator.manifest.dependencies import DEFAULTS, VERSIONED, default_dependencies, versioned_packages
from orchestrator.manifest.importmap import import_map, relative
from orchestrator.manifest.models import ProjectPart, to_json
from orchestrator.manifest.remembered import remember
from orchestrator.native.step import NATIVE, separate
from orchestrator.pipeline.built_request import asks_for_what_is_built, recorded
from orchestrator.pipeline.converge import new_text, settle
from orchestrator.pipeline.inputs import prepare
from orchestrator.pipeline.up_to_date import graph_of, is_unchanged, made_from, note
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.aliases import ApplicationAliases, application_aliases
from orchestrator.plan.checks import imports_to_check
from orchestrator.plan.model import APPLICATION
from orchestrator.plan.views import View, application_view
from orchestrator.state import freshness
from orchestrator.state.record import read_record
from orchestrator.system.build_mutex import build_lock
from orchestrator.system.files import replace_folder
from orchestrator.system.names import OVERRIDES
from orchestrator.system.source_state import digest
from orchestrator.uv import interpreter as interpreters
from orchestrator.uv.run import network_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.environments.site import Staged
    from orchestrator.limits.model import Met
    from orchestrator.native.model import Separated
    from orchestrator.pipeline.inputs import Prepared
    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter


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
    separated: tuple[Separated, ...] = ()
    """Environments whose native libraries were given names of their own."""


def build(pyproject: Path, reporter: Reporter, request: Request | None = None) -> Built:
    """Bring the environments of the project of *pyproject* into step with it, and its lock with both.

    What was running before keeps running until the new environments are complete; then the application
    environment, which holds the import map, is put in place in one step.

    :param request: what the command line asks for; a plain build without it.
    :raises MvenvError: if it cannot be done; nothing that was there has changed then.
    """
    started = time.monotonic()
    request = request or Request()
    root = pyproject.parent
    with build_lock(root, reporter), reporter.progress(), network_use(request):
        record = read_record(root)
        if (
            record is not None
            and freshness.is_fresh(root, record)
            and asks_for_what_is_built(request, record)
        ):
            # A build that was killed after its commit could not.
            ownership.sweep(root, [root / path for path in record["environments"]])
            return Built(record["graph"], was_fresh=True, seconds=time.monotonic() - started)
        ownership.check(root)
        prepared = prepare(pyproject, request)
        if record is not None and is_unchanged(prepared, record):
            note(
                root, record, _asked(prepared, freshness.inputs(root, _all_sources(prepared.project, record)))
            )
            ownership.sweep(root, [root / path for path in record["environments"]])
            return Built(record["graph"], was_fresh=True, seconds=time.monotonic() - started)
        there = ownership.environments(root)
        try:
            graph, failures, warnings, limits, separated = _replace(prepared, record, reporter)
        except BaseException:  # Control-C included: nothing unfinished stays behind
            ownership.sweep(root, there)
            raise
    return Built(graph, False, time.monotonic() - started, tuple(failures), warnings, limits, separated)


def _asked(prepared: Prepared, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return what the record of a build says of what was asked for."""
    return {
        "inputs": inputs,
        "python_request": interpreters.request(prepared.project.python),
        "request": recorded(prepared),
    }


def _replace(
    prepared: Prepared, record: dict[str, Any] | None, reporter: Reporter
) -> tuple[dict[str, Any], list[smoke.Failure], tuple[str, ...], tuple[Met, ...], tuple[Separated, ...]]:
    """Make the new environments and put them in the place of what *record* describes."""
    root = prepared.project.root
    project, requirements, interpreter = prepared.project, prepared.requirements, prepared.interpreter
    inputs = freshness.inputs(root, _local_sources(project))
    settled = settle(prepared, prepared.knowledge(record), reporter)
    lock_text = new_text(
        prepared, settled, application_view(settled.plan, settled.knowledge, prepared.direct)
    )
    if lock_text is not None:
        inputs["files"][FILE] = digest(lock_text.encode())
    if prepared.overrides_file.changed_root:
        inputs["files"][OVERRIDES] = digest(prepared.overrides_file.text.encode())
    plan, knowledge = with_actual_versions(settled.plan, settled.knowledge)
    staged = settled.staged
    in_use = {root / path for path in record["environments"]} if record is not None else set()
    separation = separate(staged, in_use, interpreter, reporter)
    inputs["sources"] = {**freshness.inputs(root, _local_pins(plan, root))["sources"], **inputs["sources"]}
    view = application_view(plan, knowledge, prepared.direct)
    aliases = application_aliases(plan, knowledge, project.aliases, view)
    reporter.stage("Checking imports")
    _write_files(
        project,
        plan,
        staged,
        knowledge,
        view,
        aliases,
        interpreter,
        requirements,
        prepared.overrides_file.text,
    )
    failures = smoke.check(venv.python(staged.application.folder), root, imports_to_check(plan, knowledge))
    graph = graph_of(prepared, plan, view, staged.folders())
    venv.mark(
        staged.application.folder,
        {
            "content": staged.application.content,
            "environments": [relative(site.lives_at, root) for site in staged.environments],
            "graph": graph,
            "knowledge": remember(knowledge),
            NATIVE: separation.recorded(APPLICATION),
            "made_from": made_from(prepared, plan, knowledge, graph),
            "overrides": overrides.recorded(prepared.overrides_file, interpreter.library),
            **_asked(prepared, inputs),
        },
    )
    with replaced(root, lock_text), overrides.written_back(root, record):
        replace_folder(staged.application.folder, staged.application.lives_at)
    ownership.sweep(root, [site.lives_at for site in staged.environments])
    warnings = tuple(
        f"`{name}` comes from {' and '.join(providers)}; the application sees {providers[0]}'s"
        for name, providers in view.hidden
    )
    limits = limits_met(plan, ".".join(map(str, interpreter.version)))
    warnings = (*warnings, *aliases.warnings, *separation.warnings)
    return graph, failures, warnings, limits, separation.done


def _write_files(
    project: Project,
    plan: Plan,
    staged: Staged,
    knowledge: Knowledge,
    view: View,
    aliases: ApplicationAliases,
    interpreter: Interpreter,
    requirements: Sequence[DirectRequirement],
    overrides_text: str,
) -> None:
    folder = staged.application.folder
    direct = tuple(requirement.name for requirement in requirements if not requirement.alias)
    shim.write_beside(
        folder / interpreter.library,
        {
            VERSIONED: to_json(versioned_packages(plan, knowledge)),
            DEFAULTS: to_json(default_dependencies(plan, knowledge, project, direct)),
            OVERRIDES: overrides_text,
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
        aliases=aliases.targets,
        project=ProjectPart(
            name=canonicalize_name(project.name), version=project.version, requires=list(direct)
        ),
        overrides=overrides_text,
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


def _local_sources(project: Project) -> dict[str, bool]:
    sources = {}
    for source in project.uv_sources.values():
        if isinstance(source, dict) and "path" in source:
            folder = relative(project.root / source["path"], project.root)
            sources[folder] = bool(source.get("editable", False))
    return sources


def _all_sources(project: Project, record: dict[str, Any]) -> dict[str, bool]:
    """Return the local projects of a build from those that *record* knows, as `pyproject.toml` has them now."""
    known = {folder: bool(entry["editable"]) for folder, entry in record["inputs"]["sources"].items()}
    return {**known, **_local_sources(project)}


def _local_pins(plan: Plan, root: Path) -> dict[str, bool]:
    """Return the folders that are installed from: those named by URL, and those that local projects need."""
    return {
        relative(Path(pin.source), root): pin.specification.startswith("-e ")
        for environment in plan.everywhere()
        for pin in environment.pins.values()
        if pin.source is not None
    }
