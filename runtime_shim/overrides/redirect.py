"""Changing what some importers find: a new import map, with overlays on others' folders.

The second half of :mod:`runtime_shim.overrides.overlay`, which decides what is to be changed.
"""

from __future__ import annotations

from runtime_shim.model.import_map import common_of
from runtime_shim.model.layered import Common, Layered
from runtime_shim.overrides.installed import PROJECT

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from runtime_shim.model.import_map import ImportMap
    from runtime_shim.overrides.installed import Installed, Instance


def redirected(
    document: ImportMap, installed: Installed, moves: dict[Instance, dict[str, Instance]]
) -> ImportMap:
    """Return the import map in which each importer finds what *moves* says: dependency → instance."""
    usual = common_of(document)
    common = {"imports": Common(usual["imports"]), "borrowed": Common(usual["borrowed"])}
    application = _copy(document["application"], common)
    environments = {name: _copy(part, common) for name, part in document["environments"].items()}
    homes: dict[Instance, str] = {}
    for instance in moves:
        environment, name = instance
        if instance != PROJECT and [*environments.get(environment, application)["distributions"]] != [name]:
            home = f"{environment or 'application'}/{name}"
            homes[instance] = home
            names = installed.names(instance) or ()
            environments[home] = _part(
                installed, instance, home, names, environments.get(environment, application)
            )
    views = [application, *environments.values()]
    for instance, home in homes.items():
        names = installed.names(instance) or ()
        for view in views:
            if instance[0]:
                _redirect(view["imports"], names, instance[0], home, installed, homes)
            else:
                view["imports"].update(dict.fromkeys(names, home))
        for meant in application.get("aliases", {}).values():
            if meant["environment"] == instance[0] and _provider(meant["module"], names):
                meant["environment"] = home
        if instance[0]:
            part = environments[instance[0]]
            del part["distributions"][instance[1]]
            for name in names:
                del part["providers"][name]
    for instance, targets in moves.items():
        own = homes.get(instance, instance[0])
        view = environments[own] if own else application
        for name, target in targets.items():
            before = installed.found(instance, name)
            if before is not None and before[0]:
                gone = installed.names(before) or ()
                _redirect(view["imports"], gone, homes.get(before, before[0]), "", installed, homes)
            home = homes.get(target, target[0])
            if home:
                for import_name in installed.names(target) or ():
                    _expand(view["imports"], import_name, installed, homes)
                    view["imports"][import_name] = home
                view["borrowed"][name] = home
            else:
                view["borrowed"].pop(name)
    for view in (application, *environments.values()):
        view.update({key: view[key].own for key in common})
    return {**document, "application": application, "environments": environments}


def _copy(part: Any, common: Mapping[str, Common[str]]) -> Any:
    """Copy a part of the import map as deep as it will be changed, with whole views in it."""
    copied = {key: dict(value) if isinstance(value, dict) else value for key, value in part.items()}
    copied.update({key: Layered(common[key], copied[key]) for key in common})
    if "aliases" in copied:
        copied["aliases"] = {alias: dict(meant) for alias, meant in copied["aliases"].items()}
    return copied


def _part(installed: Installed, instance: Instance, home: str, names: Iterable[str], over: Any) -> Any:
    """Return the part of an environment that holds one distribution of another, and sees what that one sees."""
    environment, name = instance
    beside = {**dict.fromkeys(over["distributions"], environment), name: home} if environment else {}
    imports, borrowed = (Layered(over[key].common, dict(over[key].own)) for key in ("imports", "borrowed"))
    borrowed.update(beside)
    return {
        "paths": over["paths"],
        "imports": imports,
        "distributions": dict([installed.release(instance)]),
        "providers": dict.fromkeys(names, name),
        "borrowed": borrowed,
        "over": environment,
    }


def _redirect(
    imports: Layered[str],
    names: Iterable[str],
    before: str,
    after: str,
    installed: Installed,
    homes: dict[Instance, str],
) -> None:
    """Let a view that finds *names* in *before* find them in *after*; empty: nowhere."""
    for name in names:
        if imports.get(name.partition(".")[0]) == before:
            _expand(imports, name, installed, homes)
        if imports.get(name) in (before, after):
            imports.pop(name)
            if after:
                imports[name] = after


def _expand(imports: Layered[str], name: str, installed: Installed, homes: dict[Instance, str]) -> None:
    """Name the portions of the namespace package of a dotted *name*, if the view has it as a whole."""
    top, dot, _ = name.partition(".")
    if dot and top in imports:
        environment = imports[top].partition("/")[0]
        imports.pop(top)
        for portion, instance in installed.beside(environment, top).items():
            if portion not in imports:
                imports[portion] = homes.get(instance, environment)


def _provider(module: str, names: Iterable[str]) -> bool:
    return any(module == name or module.startswith(name + ".") for name in names)
