"""From ``import_map.json`` to environments and their views."""

from __future__ import annotations

import os

from runtime_shim.model.environment import Environment, known
from runtime_shim.model.import_map import common_of
from runtime_shim.model.layered import Common, Layered, without_standard

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime_shim.model.import_map import ImportMap, Part


def environments_of(
    document: ImportMap, existing: Sequence[Environment], root: str, site_packages: str
) -> dict[str, Environment]:
    """Return the environments that an import map tells of, by the names it uses; the application ("") is first.

    :param existing: environments of an earlier map; one whose folder is in this one, too, goes on.
    :param root: the project's folder.
    :param site_packages: the application's.
    """
    there = {(environment.paths[0], environment.overlay): environment for environment in existing}

    def environment(name: str, part: Part, application: Environment | None) -> Environment:
        paths = [os.path.normpath(os.path.join(root, path)) for path in part["paths"]]
        if application is None:
            paths[0] = site_packages
        elif part.get("over") == "":
            paths = list(application.paths)
        overlay = tuple(part["providers"]) if "over" in part else ()
        found = there.get((paths[0], overlay)) or Environment(name, application, paths, overlay)
        found.name, found.paths = name, paths
        return found

    application = environment("application", document["application"], None)
    made = {"": application}
    for name, part in document["environments"].items():
        made[name] = environment(name, part, application)
    parts: dict[str, Part] = {"": document["application"], **document["environments"]}
    common = common_of(document)
    imports = Common(_homes(without_standard(common["imports"]), made))
    borrowed = Common(_homes(common["borrowed"], made))
    known.versioned_import_names.update(imports.tops())
    for name, view in made.items():
        seen = parts[name]
        view.over = made[seen["over"]] if "over" in seen else None
        view.distributions = seen["distributions"]
        view.providers = seen["providers"]
        view.borrowed = Layered(borrowed, _differing(seen["borrowed"], made))
        view.tied = {
            (distribution, copy["environment"]): copy["required_by"]
            for distribution, copies in seen.get("ties", {}).items()  # type: ignore[attr-defined]
            for copy in copies
        }
        view.see(_differing(seen["imports"], made), imports)
    return made


def _homes(table: dict[str, str], made: dict[str, Environment]) -> dict[str, Environment]:
    return dict(
        zip(table, map(made.__getitem__, table.values()), strict=True)
    )  # in C: it is as large as the project


def _differing(table: dict[str, str | None], made: dict[str, Environment]) -> dict[str, Environment | None]:
    return {name: None if home is None else made[home] for name, home in table.items()}
