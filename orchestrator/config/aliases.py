"""`[tool.mvenv.aliases]`: second versions for the application, under import names of their own."""

from __future__ import annotations

import keyword
import sys
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.entries import Entry, read_entry
from orchestrator.config.faults import Fault, did_you_mean, quote, wrong_type
from orchestrator.config.location import KeyPath, show_key

if TYPE_CHECKING:
    from collections.abc import Collection

ALIASES = ("tool", "mvenv", "aliases")
REQUIREMENT = "requirement"
MODULE = "module"

# A module of this name would hide what mvenv or the interpreter itself relies on.
_RESERVED = frozenset({"__main__", "runtime_shim"})


@dataclass(frozen=True, slots=True)
class WrittenAlias:
    """One entry of the table, checked."""

    import_name: str
    entry: Entry
    module: str
    """Which of the distribution's import names is meant; empty if that is not said."""


def read_aliases(written: object, names: Collection[str], faults: list[Fault]) -> tuple[WrittenAlias, ...]:
    """Read the table; of a wrong shape (which `settings` reports), nothing.

    :param names: the canonical names of the direct requirements.
    """
    found = []
    for import_name, value in written.items() if isinstance(written, dict) else ():
        key: KeyPath = (*ALIASES, import_name)
        faults += _name_faults(import_name, key, names)
        place, module = key, ""
        if isinstance(value, dict):
            module = _read_module(value, key, faults)
            if REQUIREMENT not in value:
                message = f"`{show_key(key)}` names no requirement"
                faults.append(Fault(key, message, hints=(_example(import_name),)))
                continue
            place, value = (*key, REQUIREMENT), value[REQUIREMENT]
        elif not isinstance(value, str):
            faults.append(wrong_type(key, "a string or a table", value))
            continue
        entry = read_entry(value, place, faults)
        if entry is not None:
            found.append(WrittenAlias(import_name, replace(entry, key=key), module))
    return tuple(found)


def _name_faults(import_name: str, key: KeyPath, names: Collection[str]) -> list[Fault]:
    """Tell what keeps a name from being the top-level import name of a second version."""
    name = quote(import_name)
    # The compiler reads identifiers in this form (PEP 3131), so no import statement would ask for another.
    normal = unicodedata.normalize("NFKC", import_name) == import_name
    if not import_name.isidentifier() or keyword.iskeyword(import_name) or not normal:
        hint = "an alias is a name that `import` takes: letters, digits and `_`, no keyword and no dots"
        return [Fault(key, f"{name} cannot be imported", hints=(hint,))]
    another = ("choose another name for the alias",)
    if import_name in sys.stdlib_module_names or import_name in _RESERVED:
        return [Fault(key, f"{name} is the name of a module that Python itself needs", hints=another)]
    if canonicalize_name(import_name) in names:
        return [Fault(key, f"{name} is a direct requirement already", hints=another)]
    return []


def _read_module(table: dict[str, object], key: KeyPath, faults: list[Fault]) -> str:
    known = (REQUIREMENT, MODULE)
    for name in table:
        if name not in known:
            hint = did_you_mean(name, known, otherwise="an alias has")
            faults.append(Fault((*key, name), f"{quote(name)} is not a key of an alias", hints=(hint,)))
    module = table.get(MODULE, "")
    if not isinstance(module, str):
        faults.append(wrong_type((*key, MODULE), "a string", module))
        return ""
    if MODULE in table and not all(part.isidentifier() for part in module.split(".")):
        faults.append(Fault((*key, MODULE), f"{quote(module)} is not the name of a module"))
    return module


def _example(import_name: str) -> str:
    return f'write `{import_name} = {{requirement = "pillow==9.5.0", module = "PIL"}}`'
