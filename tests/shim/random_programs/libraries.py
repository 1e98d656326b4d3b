"""Random libraries: the same module names in every version, other import statements in their bodies.

`lib`, `kit` and `single` are wild: circular imports, star imports, lazy ones, modules that put others into
`sys.modules` or replace themselves there, modules that fail. `calm` has no cycle, so that several threads of one
environment may import from it at once and a plain interpreter gives one answer. `space` is a namespace package
whose portions are two distributions.

Every module says its name and version when its body runs (`sys.executed`), and again in `TAG`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

# Package or module → whether it is a package. In the order in which most of them import one another: upwards.
_LIB = (
    ("lib", True),
    ("lib.sub", True),
    ("lib.sub.deep", True),
    ("lib.sub.deep.z0", False),
    *((f"lib.sub.y{number}", False) for number in range(2)),
    *((f"lib.x{number}", False) for number in range(5)),
)
_CALM = (
    ("calm", True),
    ("calm.pack", True),
    *((f"calm.pack.p{number}", False) for number in range(3)),
    *((f"calm.m{number}", False) for number in range(5)),
)
_KIT = (
    ("kit", True),
    ("kit.inner", True),
    *((f"kit.inner.i{number}", False) for number in range(2)),
    *((f"kit.k{number}", False) for number in range(4)),
)
_SPACE = (("space.left", True), ("space.left.l0", False))
MODULES = dict((*_LIB, *_CALM, *_KIT, ("single", False), *_SPACE, ("space.right", False)))

VIRTUAL = tuple(f"{name}.virtual" for name in ("lib.x2", "kit.k1"))
"""Names that their parents, where they feel like it, put into `sys.modules` themselves."""

# Distribution → its modules, and those that they import.
DISTRIBUTIONS = {
    "calm": (_CALM, _CALM),
    "lib": (_LIB, (*_LIB, *_CALM)),
    "kit": (_KIT, (*_KIT, *_LIB, *_CALM, ("single", False), *_SPACE, ("space.right", False))),
    "single": ((("single", False),), (*_LIB, *_CALM)),
    "space-left": (_SPACE, (*_SPACE, *_LIB)),
    "space-right": ((("space.right", False),), _LIB),
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the modules of one version of everything."""

    version: str
    chance: random.Random

    def distribution(self, name: str) -> dict[str, str]:
        """Return a distribution's files, path → text."""
        own, importable = DISTRIBUTIONS[name]
        targets = [module for module, _ in importable]
        files = {}
        for module, is_package in own:
            path = module.replace(".", "/") + ("/__init__.py" if is_package else ".py")
            if (
                "." not in module or name == "calm" or self.chance.random() < 0.93
            ):  # some versions lack some modules
                files[path] = self._calm(module) if name == "calm" else self._wild(module, targets)
            if is_package:
                files[f"{module.replace('.', '/')}/data.txt"] = f"data of {self._tag(module)}\n"
        return files

    def _tag(self, module: str) -> str:
        return f"{module} of {self.version}"

    def _calm(self, module: str) -> str:
        names = [name for name, _ in _CALM]
        later = [name for name in names[names.index(module) + 1 :] if not MODULES[name]]
        count = 0 if MODULES[module] else min(2, len(later))
        imports = [self._statement(module, target) for target in self.chance.sample(later, count)]
        lazy = self.chance.choice([name for name in names if name != module])
        return "\n".join([*self._head(module), *imports, *self._members(module, lazy, lazy)])

    def _wild(self, module: str, targets: list[str]) -> str:
        position = targets.index(module) if module in targets else -1
        imports = []
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            upwards = self.chance.random() < 0.85
            target = self.chance.choice((upwards and targets[position + 1 :]) or targets)
            statement = self._statement(module, target)
            if self.chance.random() < 0.4:
                indented = statement.replace("\n", "\n    ")
                statement = f"try:\n    {indented}\nexcept ImportError as error:\n    FAILED = str(error)"
            imports.append(statement)
        members = self._members(module, self.chance.choice(targets), self.chance.choice(targets))
        first, then = (members, imports) if self.chance.random() < 0.3 else (imports, members)
        return "\n".join([*self._head(module), *first, *then, *self._special(module)])

    def _head(self, module: str) -> list[str]:
        return [
            "import dataclasses, importlib, sys, types, typing, warnings",
            f"sys.executed.append([{module!r}, {self.version!r}])",
            f"TAG = {self._tag(module)!r}",
        ]

    def _members(self, module: str, lazy: str, generated: str) -> list[str]:
        hint = self.chance.choice((module, lazy, generated))
        return [
            f"TAG = {self._tag(module)!r}",  # again: a star import may have brought another
            "class Thing:",
            f"    tag = {self._tag(module)!r}",
            "    def __init__(self, value):",
            "        self.value = value",
            "    def __eq__(self, other):",
            "        return type(other) is type(self) and other.value == self.value",
            "    __hash__ = None",
            "@dataclasses.dataclass",
            "class Record:",
            "    kind: 'typing.ClassVar[int]'",  # understood by way of `sys.modules[cls.__module__]`
            f"    thing: {hint + '.Thing'!r}",
            "    mine: 'Thing'",
            "def where():",
            f"    return {self._tag(module)!r}",
            "def lazy():",
            f"    {self._statement(module, lazy, 'found')}",
            "    return found",
            "def generate():",
            "    yield TAG",
            f"    {self._statement(module, generated, 'found')}",
            "    yield found",
            "def warn():",
            f"    warnings.warn({self._tag(module)!r}, UserWarning, stacklevel=2)",
        ]

    def _special(self, module: str) -> list[str]:
        """Return what makes a module unusual; most are not."""
        if f"{module}.virtual" in VIRTUAL:
            return [
                "virtual = types.ModuleType(__name__ + '.virtual')",
                f"virtual.TAG = {self._tag(module + '.virtual')!r}",
                f"sys.modules[{module + '.virtual'!r}] = virtual",
            ]
        package_only = (
            ["__path__ = __import__('pkgutil').extend_path(__path__, __name__)"],
            [
                "def __getattr__(name):",
                "    if name[1:].isdigit():",
                "        return importlib.import_module('.' + name, __name__)",
                "    raise AttributeError(name)",
            ],
            [f"__all__ = {['TAG', *_children(module)]!r}"],
        )
        anything = (
            [f"raise {self.chance.choice(('ValueError', 'ImportError'))}(TAG)"],
            ["del sys.modules[__name__]"],
            [f"import {module}"],
            [
                "class Facade:",
                "    def __getattr__(self, name):",
                "        try:",
                "            return globals()[name]",
                "        except KeyError:",
                "            raise AttributeError(name) from None",
                "sys.modules[__name__] = Facade()",
            ],
            [
                "class Module(types.ModuleType):",
                "    extra = TAG",
                "sys.modules[__name__].__class__ = Module",
            ],
        )
        drawn = self.chance.random()
        if MODULES[module]:
            return self.chance.choice(package_only) if drawn < 0.6 else []
        return self.chance.choice(anything) if drawn < 0.3 else []

    def _statement(self, here: str, target: str, name: str = "") -> str:
        """Return a statement that imports *target*, from *here*, and binds something, if need be as *name*."""
        parent, _, leaf = target.rpartition(".")
        bound = name or f"{leaf}_{self.chance.randrange(9)}"
        forms = [
            f"import {target} as {bound}",
            f"from {target} import TAG as {bound}",
            f"{bound} = importlib.import_module({target!r})",
            f"{bound} = __import__({target!r}, fromlist=['TAG'])",
            f"__import__({target!r}); {bound} = sys.modules[{target!r}]",
        ]
        if parent:
            forms += [f"from {parent} import {leaf} as {bound}"] * 2
        if here.partition(".")[0] == target.partition(".")[0] and parent:
            dots, rest = _relative(here, target)
            above, _, last = rest.rpartition(".")
            if last:
                forms += [f"from {dots}{above} import {last} as {bound}"] * 2
                forms += [f"from {dots}{rest} import TAG as {bound}"]
        if not name:
            forms += [f"import {target}", f"from {target} import *"]
        return self.chance.choice(forms)


def _children(module: str) -> list[str]:
    return [name.rpartition(".")[2] for name in MODULES if name.rpartition(".")[0] == module]


def _relative(here: str, target: str) -> tuple[str, str]:
    """Return the dots, and what follows them, that lead from module *here* to module *target*."""
    package = (here if MODULES[here] else here.rpartition(".")[0]).split(".")
    words = target.split(".")
    common = 0
    while common < min(len(package), len(words)) and package[common] == words[common]:
        common += 1
    return "." * (len(package) - common + 1), ".".join(words[common:])
