"""``runtime_shim.explain("pandas")``: who sees which copy, and why.

Everything shown is what this process knows: the views of ``import_map.json``, ``sys.modules``, and the
dependency edges that ``mvenv build`` left beside ``site-packages``.
"""

from __future__ import annotations

import sys

from runtime_shim.caller.acting import act_for
from runtime_shim.diagnosis import dependents
from runtime_shim.diagnosis.copies import Copy, copy_for, find_top, import_names
from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import ModuleType

    from runtime_shim.model.environment import Environment


def explain(name: str | ModuleType) -> None:
    """Print on stdout which copy of *name* the application and each environment gets, and who requires it.

    :param name: an import name (``"pandas"``, ``"pandas.core.frame"``), the name of a distribution
        (``"scikit-learn"``), or a module. Nothing is imported to find out.
    """
    print(text(name if isinstance(name, str) else name.__name__))  # noqa: T201 - what it is for


def text(name: str) -> str:
    """Return what :func:`explain` prints."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names and top not in known.versioned_import_names:
        return _of_standard_library(name)
    meant = known.application.owners[name].stands_for(name)
    if meant is not None:
        return "\n".join([*_about(name, name), "", f"More: mvenv why {meant[1].partition('.')[0]}"])
    if top in known.versioned_import_names or copy_for(known.application, name) is not None:
        return "\n".join([*_about(name, name), "", f"More: mvenv why {top}"])
    provided = import_names(name)
    if provided:
        lines = [line for import_name in provided for line in [*_about(import_name, name), ""]]
        return "\n".join([*lines, f"More: mvenv why {name}"])
    return (
        f"{name}: nobody has a module or a distribution of that name\n"
        "  to use it, add it to [project].dependencies in pyproject.toml and run `mvenv build`"
    )


def _of_standard_library(name: str) -> str:
    found = copy_for(known.application, name)
    if found is None and name not in sys.modules:
        return f"{name}: the standard library has no such module"
    state = "loaded" if name in sys.modules else "not loaded"
    where = found.path if found is not None else "built in"
    return f"{name}: of the standard library, one for everybody\n  {where}\n  {state}"


def _about(name: str, asked: str) -> list[str]:
    """Return the lines about one import name: what each view gets, then where those copies lie."""
    copies: list[Copy] = []
    rows: list[tuple[str, str]] = []
    for view in known.everyone:
        copy = copy_for(view, name)
        if copy is None:
            rows += _unseen(view, name)
            continue
        if copy not in copies:
            copies.append(copy)
        alias = "" if copy.name == name else f", as {name}"
        rows.append((view.name, f"{copy.label}, {_relation(copy, view)}{alias}"))
    lines = [name if name == asked else f"{name} (of {asked})", *_aligned(rows)]
    if copies:
        lines += ["", *_aligned([row for copy in copies for row in _details(copy)])]
    return lines


def _relation(copy: Copy, view: Environment) -> str:
    if copy.home is None:
        return "the application's own source" if copy.distribution is None else "the one that all share"
    return "its own" if copy.home is view else f"from environment {copy.home.name}"


def _details(copy: Copy) -> list[tuple[str, str]]:
    rows = [(copy.label, copy.path), ("", "loaded" if copy.loaded else "not loaded")]
    found = dependents.of(*copy.distribution) if copy.distribution is not None else []
    if found:
        rows.append(("", "required by " + ", ".join(found)))
    return rows


def _unseen(view: Environment, name: str) -> list[tuple[str, str]]:
    """Say that a view does not get module *name*, and what to do about it."""
    top = name.partition(".")[0]
    owner = view.owners[name]
    meant = view.application.owners[name].stands_for(name)
    if meant is not None and view.is_application:
        return [(view.name, f"{meant[1]}, which there is not in environment {meant[0].name}")]
    if meant is not None:
        return [(view.name, "does not see it: it is an alias of the application's")]
    if not owner.is_application:
        has = " ".join(owner.distribution(name) or (top,))
        return [(view.name, f"{has}, which has no module {name}")]
    if act_for(view, find_top, top) is not None:
        return [(view.name, f"{top}, which has no module {name}")]
    if view.is_application:
        advice = "to use it here, add the one you mean to [project].dependencies in pyproject.toml"
        return [
            (view.name, "does not see it: the project does not declare it"),
            ("", f"{advice} and run `mvenv build`"),
        ]
    provider = next((home.distribution(name) for home in known.holders(name)), None)
    wanted = top if provider is None else provider[0]
    return [
        (view.name, "does not see it: none of its distributions requires it"),
        ("", f'if it should, add "+{wanted}" to [tool.mvenv.constraints] of the requirement that needs it'),
    ]


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(first) for first, _ in rows)
    return [f"  {first:<{width}}  {second}" for first, second in rows]
