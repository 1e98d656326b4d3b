"""Permanent names of versions: ``pandas@2.0.3`` is that version's pandas, whoever asks.

Every top-level module of an environment is also in ``sys.modules`` under its import name and its distribution's
version. Submodules can be imported the same way (``pandas@2.0.3.core.frame``), which is how a pickle names the
version of a class. Where one version is installed twice, with different dependencies, the first environment has
the short name and the others add theirs: ``pandas@2.0.3~reports``.

To importlib the dots of the version are those of packages, so ``pandas@2`` and ``pandas@2.0`` come to exist as
empty packages when ``pandas@2.0.3`` is imported before anybody has loaded it.

A module of a namespace package has the version of the distribution that provides its portion, after the first part of
the name like any other: ``google@3.1.cloud.storage``. ``google@3.1`` is the namespace package of the environment that
holds one in that version.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec

from runtime_shim.caller import disguise
from runtime_shim.caller.acting import act_for
from runtime_shim.model.environment import known
from runtime_shim.model.inspection import MISSING

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment


_MOST_REMEMBERED = 256


class _Names:
    """The permanent names there are."""

    def __init__(self) -> None:
        # "pandas" → "pandas@2.0.3" → the environments that hold that version, in the map's order; filled when used.
        self._homes: dict[str, dict[str, list[Environment]]] = {}
        self.imported_submodules: set[str] = set()
        # (environment, module) → the versioned name, as asked for lately.
        self.of: dict[tuple[Environment, str], str] = {}
        # The owner of the application's import aliases (runtime_shim.loading.import_aliases), where it has any. It is
        # kept here because a module that has been executed gets its name here, and aliases are built on this module.
        self.aliases: Any = None

    def forget(self) -> None:
        self._homes = {}
        self.of = {}

    def homes(self, import_name: str) -> dict[str, list[Environment]]:
        """Return the versions that there are of what has a top-level name → the environments that hold one."""
        top, remembered = import_name.partition(".")[0], self._homes
        found = remembered.get(top)
        if found is None:
            found = {}
            if not known.is_versioned(top):
                return found
            for environment in known.everyone:
                for name in (top, *environment.provided_portions(top)):
                    provider = environment.providers.get(name)
                    version = None if provider is None else environment.distributions.get(provider)
                    if version is not None:
                        homes = found.setdefault(_root(top, version), [])
                        if environment not in homes:
                            homes.append(environment)
            remembered[top] = found  # when it is whole: another thread may look for it
        return found


_names = _Names()


def forget() -> None:
    """Learn the names anew when they are next needed: the environments have changed."""
    _names.forget()


def aliases() -> Any:
    """Return the owner of the application's import aliases, None where it has none."""
    return _names.aliases


def has_aliases() -> bool:
    """Whether the application has import aliases."""
    return _names.aliases is not None


def use_aliases(owner: Any) -> None:
    """Let the modules that are executed from now on be followed by the aliases that mean them, too."""
    _names.aliases = owner


def of(environment: Environment, module_name: str) -> str | None:
    """Return the versioned name of *environment*'s module; None for one that no installed distribution provides."""
    name = _names.of.get((environment, module_name))
    if name is None:
        name = _name_of(environment, module_name)
        if name is not None:
            if len(_names.of) >= _MOST_REMEMBERED:
                _names.of.clear()
            _names.of[environment, module_name] = name
    return name


def _name_of(environment: Environment, module_name: str) -> str | None:
    found = environment.distribution(module_name)
    if found is None:
        return None
    top, dot, rest = module_name.partition(".")
    root = _root(top, found[1])
    first = next(
        (home for home in _names.homes(top).get(root, ()) if _provides(home, module_name, found[1])), None
    )
    if first is None:
        return None
    return (root if first is environment else f"{root}~{word_of(environment)}") + dot + rest


def resolve(versioned_name: str) -> tuple[Environment, str] | None:
    """Return the environment and the plain name that *versioned_name* stands for, None if no environment holds it."""
    top = versioned_name.partition("@")[0]
    for root in _prefixes(versioned_name):
        version, _, word = root.partition("@")[2].partition("~")
        if "." in word:  # a part of the module's name
            continue
        homes = _names.homes(top).get(_root(top, version), ())
        rest = versioned_name[len(root) :]
        module_name = top + rest
        fitting = [home for home in homes if _provides(home, module_name, version)]
        if fitting and not rest[1:2].isdigit():  # `pandas@2.0.3.1` is not a part of `pandas@2.0.3`
            # Environments are named anew when the project changes: the version is what has to be right.
            return next((home for home in fitting if word_of(home) == word), fitting[0]), module_name
    return None


def homes_of(top: str) -> list[Environment]:
    """Return the environments that hold some version of this top-level name, in the map's order."""
    return list(dict.fromkeys(home for homes in _names.homes(top).values() for home in homes))


def register(environment: Environment, module_name: str, module: ModuleType) -> None:
    """Put a module that has just been loaded into ``sys.modules`` under its versioned name as well.

    That is done for top-level modules, and for others whose versioned_name is there already (they were loaded anew).
    """
    if _names.aliases is not None:
        _names.aliases.follow(environment, module_name, module)
    if "." not in module_name or _names.imported_submodules:
        versioned_name = of(environment, module_name)
        if versioned_name is not None and (
            "." not in module_name or versioned_name in _names.imported_submodules
        ):
            sys.modules[versioned_name] = module


class VersionedNameFinder:
    """The entry of ``sys.meta_path`` for names with an ``@``."""

    @staticmethod
    def find_spec(
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG004 - a finder's signature
        target: ModuleType | None = None,  # noqa: ARG004 - as above
    ) -> ModuleSpec | None:
        """Find the module that a versioned name stands for.

        :raises ModuleNotFoundError: if no environment holds that version of a name that some environment holds.
        """
        top, at, _ = fullname.partition("@")
        if not at or not known.is_versioned(top):
            return None
        found = resolve(fullname)
        if found is not None:
            return VersionedNameLoader(*found).spec(fullname)
        if any(root.startswith(fullname + ".") for root in _names.homes(top)):
            return ModuleSpec(fullname, None, is_package=True)  # part of a version: `pandas@2`
        wanted = _requested(sys._getframe(1)) or fullname
        package, _, child = fullname.rpartition(".")
        if resolve(package) is not None and not child[:1].isdigit():  # of a namespace package
            raise ModuleNotFoundError(f"No module named {wanted!r}: that version has none", name=wanted)
        raise ModuleNotFoundError(nobody_has(top, wanted) or f"No module named {wanted!r}", name=wanted)


class VersionedNameLoader:
    """Imports the real module and lets the versioned name stand for it."""

    def __init__(self, environment: Environment, name: str) -> None:
        self._environment = environment
        self._name = name

    def spec(self, fullname: str) -> ModuleSpec:
        """Return the spec of the versioned name *fullname*: a package's, if the real module is one."""
        spec = ModuleSpec(fullname, self)  # type: ignore[arg-type]
        real = self._real_spec()
        if real is not None:
            spec.submodule_search_locations = real.submodule_search_locations
        return spec

    def get_code(self, fullname: str) -> Any:  # noqa: ARG002 - an InspectLoader's signature
        """Return the real module's code, for ``python -m lib@1.tool`` (:func:`runpy._get_module_details`)."""
        real: Any = self._real_spec()
        get_code = getattr(real and real.loader, "get_code", None)
        return None if get_code is None else get_code(self._name)

    def _real_spec(self) -> ModuleSpec | None:
        try:
            found: ModuleSpec | None = act_for(self._environment, importlib.util.find_spec, self._name)
        except (ImportError, ValueError):  # a parent that does not import; a module without a spec
            return None
        return found

    def create_module(self, spec: ModuleSpec) -> None:
        """Let importlib make a module, which is thrown away: the real one must keep its own ``__spec__``."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the real module in its place, and remember to do so when it is loaded anew."""
        spec = taken_from(module)
        self.stand_for(spec, act_for(self._environment, importlib.import_module, self._name))
        if "." in self._name:
            _names.imported_submodules.add(spec.name)

    def stand_for(self, spec: Any, real: ModuleType) -> None:
        """Let the name of *spec* mean the *real* module; ``_load_unlocked`` takes what it finds in ``sys.modules``."""
        parent, _, child = self._name.rpartition(".")
        if parent:
            spec.loader_state = _Attribute(act_for(self._environment, sys.modules.__getitem__, parent), child)
        sys.modules[spec.name] = real


def taken_from(module: ModuleType) -> Any:
    """Return the spec of a module that will be thrown away, and make it forget the spec.

    A free-threaded interpreter keeps modules until it next collects garbage (their reference counts are deferred); the
    spec must not last as long (see :class:`_Attribute`).
    """
    spec = module.__spec__
    vars(module).clear()
    return spec


class _Attribute:
    """Keeps an attribute of a package as it is while importlib sets it.

    importlib ends the import of ``pandas@2.0.3.core`` with ``setattr(<pandas>, "core", module)``. The package
    may have put something else there on purpose (``from .bar import bar``), and the import under the plain name
    has left that alone. importlib's frame is the only owner of the spec and so of this object, whose end comes
    right after that assignment.
    """

    def __init__(self, package: ModuleType, name: str) -> None:
        self._names = vars(package)
        self._name = name
        self._value = self._names.get(name, MISSING)

    def __del__(self) -> None:
        if self._value is MISSING:
            self._names.pop(self._name, None)
        else:
            self._names[self._name] = self._value


def _root(import_name: str, version: str) -> str:
    return f"{import_name.partition('.')[0]}@{version}"


def word_of(environment: Environment) -> str:
    """Return what tells *environment* apart from others with the same version."""
    return environment.name.replace(".", "-")


def _prefixes(versioned_name: str) -> Iterator[str]:
    """Yield *versioned_name* and what is before each of its dots, the longest first."""
    while "@" in versioned_name:
        yield versioned_name
        versioned_name = versioned_name.rpartition(".")[0]


def _provides(home: Environment, module_name: str, version: str) -> bool:
    found = home.distribution(module_name)
    if found is None:  # a namespace package as a whole, or one below it
        return any(
            name.startswith(module_name + ".") and home.distributions.get(distribution) == version
            for name, distribution in home.providers.items()
        )
    return found[1] == version


def _requested(frame: Any) -> str | None:
    """Return the name whose import made importlib ask for its parents, up from *frame*."""
    name: str | None = None
    while frame is not None and (
        frame.f_code.co_filename == disguise.BOOTSTRAP or frame.f_code in disguise.starters
    ):
        if frame.f_code.co_name == "_find_and_load":
            name = frame.f_locals["name"]
        frame = frame.f_back
    return name


def nobody_has(top: str, wanted: str) -> str | None:
    """Return the text of the error where no environment holds a version; None if none holds any."""
    name, _, below = top.partition(".")
    if below:
        version = wanted.partition("@")[2]
        right = f"{name}@{version}.{below}"
        meant = f"; {right!r} is what you mean" if resolve(right) is not None else ""
        return f"No module named {wanted!r}: the version stands after the first part of a name{meant}"
    there = "; ".join(
        f"environment {home.name} has {root}"
        for root, homes in sorted(_names.homes(top).items())
        for home in homes
    )
    if not there:
        return None
    return (
        f"No module named {wanted!r}: no environment of this project holds that version ({there}); to have it, "
        "require it in [project].dependencies of pyproject.toml and run `mvenv build`"
    )
