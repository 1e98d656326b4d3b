"""The layers of both packages: every import goes down, nothing goes round, and each folder says what it is for.

Imports are read from the sources, so those inside functions and those for types alone count like all others.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import orchestrator
import runtime_shim

FOLDERS = {package.__name__: Path(package.__path__[0]) for package in (orchestrator, runtime_shim)}

# Lowest first. A folder imports from itself and from those on the lines above its own; neighbours on one line know
# nothing of each other.
LAYERS = {
    "orchestrator": (
        ("__init__",),  # the version number
        ("errors",),
        ("system",),
        ("config", "grouping"),
        ("uv",),
        ("editing", "state"),
        ("beginning",),
        ("resolution",),
        ("plan",),
        ("environments", "manifest", "limits"),
        ("environment_cache", "lock"),
        ("remote_cache",),
        ("native", "install"),
        ("reports", "packing"),
        ("pipeline",),
        ("cli",),
        ("__main__",),
    ),
    "runtime_shim": (
        ("model",),
        ("accelerator",),
        ("overrides",),
        ("caller",),
        ("modules",),
        ("views",),
        ("process_state",),
        ("loading",),
        ("processes",),
        ("crossing",),
        ("diagnosis",),
        ("runtime",),
        ("audit_hooks", "bundle", "lazy_import_hook", "marshalling", "reloading"),
        ("__init__",),
    ),
}

# All that the build side may know of the run-time side (and where that lies, to copy it).
SHARED = ("runtime_shim.model", "runtime_shim.overrides")


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    imports: frozenset[str]
    """Modules that it imports: of the two packages in full, others by their top-level name."""

    @property
    def layer(self) -> str:
        """The folder or the module directly below the package that it belongs to."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else "__init__"


def name_of(package: str, path: Path) -> str:
    parts = path.relative_to(FOLDERS[package]).with_suffix("").parts
    return ".".join((package, *(parts[:-1] if parts[-1] == "__init__" else parts)))


@cache
def modules(package: str) -> dict[str, Module]:
    paths = {name_of(package, path): path for path in sorted(FOLDERS[package].rglob("*.py"))}
    return {name: Module(name, path, imported(path)) for name, path in paths.items()}


def imported(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: a relative import"
            assert node.module is not None
            found |= {submodule(node.module, alias.name) for alias in node.names}
    return frozenset(name if name.partition(".")[0] in FOLDERS else name.partition(".")[0] for name in found)


def submodule(module: str, name: str) -> str:
    """Return the module that ``from module import name`` loads last."""
    package, *parts = module.split(".")
    if package not in FOLDERS:
        return module
    folder = FOLDERS[package].joinpath(*parts)
    there = (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()
    return f"{module}.{name}" if there else module


@pytest.mark.parametrize("package", FOLDERS)
def test_the_layers_are_what_is_there(package: str) -> None:
    named = [layer for row in LAYERS[package] for layer in row]
    assert sorted(named) == sorted({module.layer for module in modules(package).values()})


@pytest.mark.parametrize("package", FOLDERS)
def test_every_import_goes_down(package: str) -> None:
    level = {layer: number for number, row in enumerate(LAYERS[package]) for layer in row}
    upwards = [
        f"{module.name} imports {name}"
        for module in modules(package).values()
        for name in sorted(module.imports & modules(package).keys())
        if (layer := modules(package)[name].layer) != module.layer and level[layer] >= level[module.layer]
    ]
    assert not upwards, "\n".join(upwards)


@pytest.mark.parametrize("package", FOLDERS)
def test_no_imports_go_round(package: str) -> None:
    graph = {name: module.imports & modules(package).keys() for name, module in modules(package).items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" ← ".join(error.args[1]))


def test_the_shim_needs_the_standard_library_alone() -> None:
    import sys

    for module in modules("runtime_shim").values():
        tops = {name.partition(".")[0] for name in module.imports}
        assert tops <= {"runtime_shim", *sys.stdlib_module_names}, module.name


def test_the_build_side_knows_the_shims_values_alone() -> None:
    for module in modules("orchestrator").values():
        for name in module.imports:
            if name.startswith("runtime_shim."):
                assert name in SHARED or name.startswith(tuple(f"{each}." for each in SHARED)), (
                    f"{module.name} imports {name}"
                )


@pytest.mark.parametrize("package", FOLDERS)
def test_every_folder_says_what_it_is_for(package: str) -> None:
    for module in modules(package).values():
        if module.path.name == "__init__.py":
            docstring = ast.get_docstring(ast.parse(module.path.read_text("utf-8"))) or ""
            first, _, _ = docstring.partition("\n\n")
            assert first.endswith("."), f"{module.name} needs a docstring that starts with one sentence"


@pytest.mark.parametrize("package", FOLDERS)
def test_every_folder_is_a_package(package: str) -> None:
    for folder in {path.parent for path in FOLDERS[package].rglob("*.py")}:
        assert (folder / "__init__.py").is_file(), folder
