"""From the plan to ``import_map.json``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from orchestrator.manifest.models import ApplicationPart, CommonPart, EnvironmentPart, ImportMap, ProjectPart
from orchestrator.plan.common_view import views_of
from orchestrator.system.paths import relative_nearby
from runtime_shim.model.import_map import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.plan.aliases import AliasTarget
    from orchestrator.plan.common_view import Seen
    from orchestrator.plan.model import Knowledge, Plan, PlannedEnvironment
    from orchestrator.plan.views import View

_T = TypeVar("_T")


def import_map(
    plan: Plan,
    knowledge: Knowledge,
    application: View,
    *,
    root: Path,
    folders: Mapping[str, Path],
    library: str,
    added: Mapping[str, Sequence[str]],
    aliases: Mapping[str, AliasTarget] | None = None,
    scripts: Mapping[str, str] | None = None,
    project: ProjectPart | None = None,
    made_for: str = "",
    standard: Collection[str] = (),
    overrides: str | None = None,
    build: str = "",
    other_builds: str = "warn",
) -> ImportMap:
    """Return the map of what everybody sees.

    :param application: the application's view.
    :param folders: environment name → where it lives, absolute.
    :param library: library folder below an environment, ``lib/python3.11``.
    :param added: environment name → folders that its ``.pth`` files add, absolute.
    :param aliases: import name that only the application has → what it stands for.
    :param scripts: file in the application environment's ``bin`` → the environment whose it is.
    :param project: who requires what the application sees; for overrides that take effect without a build.
    :param made_for: the platform of the interpreter.
    :param standard: top-level names that the interpreter finds in its standard library, before any distribution's.
    :param overrides: the text of the overrides with which *plan* was made.
    :param build: what tells this build from others.
    :param other_builds: what is to become of pickles from others.
    """

    def paths(environment: PlannedEnvironment) -> list[str]:
        site = folders[environment.name] / library / "site-packages"
        return [
            relative_nearby(site, root),
            *(relative_nearby(Path(folder), root) for folder in added.get(environment.name, ())),
        ]

    def installed(imports: Mapping[str, _T]) -> dict[str, _T]:
        return {name: home for name, home in imports.items() if name.partition(".")[0] not in standard}

    def part(environment: PlannedEnvironment, view: Seen) -> dict[str, object]:
        return {
            "paths": paths(environment),
            "imports": installed(view.imports),
            "distributions": {name: pin.version for name, pin in environment.pins.items()},
            "providers": _by_value(_providers(environment, knowledge)),
            "borrowed": dict(view.borrowed),
        }

    views = views_of(plan, knowledge, application)
    return ImportMap(
        schema_=SCHEMA,
        # The file lies in <application>/<library>/site-packages/runtime_shim/.
        root="/".join([".."] * (len(Path(library).parts) + 3)),
        common=CommonPart(
            imports=_by_value(installed(views.common_imports)), borrowed=dict(views.common_borrowed)
        ),
        application=ApplicationPart.model_validate(
            {
                **part(plan.application, views.application),
                "distributions": {},
                "providers": {},
                "ties": {
                    name: [asdict(candidate) for candidate in candidates]
                    for name, candidates in application.ties.items()
                },
                "aliases": {name: asdict(target) for name, target in (aliases or {}).items()},
                "scripts": dict(scripts or {}),
            }
        ),
        environments={
            environment.name: EnvironmentPart.model_validate(
                {
                    **part(environment, views.environments[environment.name]),
                    "path": relative_nearby(folders[environment.name], root),
                }
            )
            for environment in plan.environments
        },
        project=project,
        made_for=made_for,
        overrides=overrides,
        build=build,
        other_builds=other_builds,
    )


def _by_value(table: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what a table's values are the values of: lists are read several times as fast."""
    found: dict[str, list[str]] = {}
    for name, value in sorted(table.items()):
        found.setdefault(value, []).append(name)
    return found


def _providers(environment: PlannedEnvironment, knowledge: Knowledge) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, pin in environment.pins.items():
        contents = knowledge.contents.get((name, pin.version))
        for import_name in contents.imports if contents is not None else ():
            found.setdefault(import_name, name)
    return found
