"""An environment at run time: its folders, and its view (import name → environment).

Nothing here touches the interpreter: no ``sys.modules``, no frames, no files.
"""

from __future__ import annotations

import os

from runtime_shim.model import layered
from runtime_shim.model.layered import Layered

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from runtime_shim.model.layered import Common


class Owners(dict[str, "Environment"]):
    """Module name → the environment whose module a caller of this view gets; computed on first use.

    Remembered for names of modules only (:attr:`Environments.module_names`), not for every name that somebody tries.
    """

    __slots__ = ("_latest", "environment")

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self.environment = environment
        # The latest name without a module, in which state of the view, and the answer: a first import asks some times.
        self._latest: tuple[str, object, Environment | None] = ("", None, None)

    def __missing__(self, name: str) -> Environment:
        view = self.environment.state_of_view
        latest, state, answer = self._latest
        if latest is not name or state is not view:
            answer = None
        owner = answer or self.environment.owner(name)
        if name not in known.module_names:
            self._latest = name, view, owner
        else:
            self[name] = owner
            if self.environment.state_of_view is not view:  # another thread has changed it meanwhile
                self.pop(name, None)
        return owner


class Environments:
    """All environments of this process, and what they hold between them."""

    def __init__(self) -> None:
        self.everyone: list[Environment] = []
        """The application first; after a reload also those of earlier maps, whose modules are still in use."""
        self.versioned_import_names: set[str] = set()
        """Every top-level import name that some environment holds. Other names are nobody's: plain keys."""
        self.module_names: set[str] = set()
        """The text of every key of ``sys.modules`` there is (:mod:`runtime_shim.modules.keys` fills it)."""

        self.main_names: set[int] = set()
        """The ids of the globals of the program that this process was started with; others are ``__main__`` for a tool.

        They are several where multiprocessing has put the parent's program in the place of its own. Not the globals
        themselves: they, and all they hold, would outlive other modules when the interpreter ends.
        """

        self.asked_for: Environment | None = None
        """The view that a person has asked for, for whatever this process runs (``mvenv run --as``)."""
        self._of_process: Environment | None = None
        self.build = ""
        """What tells this build of the project from others; empty: nothing does."""
        self.other_builds = ""
        """What is to become of pickles from others."""

    @property
    def application(self) -> Environment:
        """The application's own view."""
        return self.everyone[0]

    @property
    def of_process(self) -> Environment:
        """On whose behalf this process runs: who is calling where no code tells; mostly the application."""
        return self._of_process or self.everyone[0]

    @of_process.setter
    def of_process(self, environment: Environment) -> None:
        self._of_process = environment

    @property
    def of_person(self) -> Environment:
        """Whose view has the code that a person writes, whoever runs it: the application's, or the one asked for."""
        return self.asked_for or self.everyone[0]

    def is_versioned(self, module_name: str) -> bool:
        """Whether a module's name is one of which some environment may hold a version."""
        return module_name.partition(".")[0] in self.versioned_import_names

    def holders(self, module_name: str) -> Iterator[Environment]:
        """Yield the environments that provide a module to themselves: its homes, no borrowers.

        The application is among them where it has source of that name, or no environment's module in its view.
        """
        if self.is_versioned(module_name):
            for one in self.everyone:
                if one.owners[module_name] is one:
                    yield one

    def named(self, name: str) -> Environment:
        """Return the environment of this name.

        :raises LookupError: if there is none.
        """
        for one in self.everyone:
            if one.name == name:
                return one
        whole, slash, _ = name.partition("/")
        if slash:  # an overlay on that one, in a process where other overrides were in effect
            return self.named(whole)
        raise LookupError(f"no environment {name!r} in this project")


known = Environments()


class Environment:
    """One view of the import system: an environment under ``py_modules/``, or the application itself.

    :param name: the environment's name in ``import_map.json``.
    :param application: the application's environment; None for the application itself.
    :param paths: absolute path entries that hold its distributions, ``site-packages`` first.
    :param overlay: import names, if it is an overlay on another's folders: its code is theirs alone, and the rest of
        the folders is that other's.
    """

    by_name: Callable[[str], Environment]
    """What an environment in a pickle is read with; :mod:`runtime_shim.runtime` supplies it."""

    def __init__(
        self, name: str, application: Environment | None, paths: list[str], overlay: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.application = application or self
        self.is_application = application is None
        """Whether this is the application's own view rather than an isolated environment."""
        self.paths = paths
        self.overlay = overlay
        # The environment whose folders they are, if it is an overlay.
        self.over: Environment | None = None
        self.imports: Layered[Environment] = Layered(layered.NOTHING, {})
        self.distributions: Mapping[str, str] = {}  # installed here: distribution name → version
        self.providers: Mapping[str, str] = {}  # import name → distribution installed here
        # Seen here, installed elsewhere: distribution → where.
        self.borrowed: Layered[Environment] = Layered(layered.NOTHING, {})
        # Of the application: (distribution, environment) → the direct requirements through which it is as near as
        # another version, so that none of them is seen.
        self.tied: Mapping[tuple[str, str], Sequence[str]] = {}
        # The providers, and of those the portions of namespace packages: top-level name → dotted names.
        self._provided_portions: tuple[Mapping[str, str] | None, dict[str, list[str]]] = None, {}
        self.undeclared: set[str] = set()
        self.owners = Owners(self)
        self.state_of_view: object = None  # another one each time that it changes
        # Top-level name → whether the application's own source comes before what the environments hold of it.
        self._searched: dict[str, bool] = {}
        self.is_started = False
        """Whether what an interpreter of its own does at start-up has been done (``loading.first_use``)."""
        # Whether the application has source of that name; the finder says.
        self.has_source: Callable[[str], bool] = bool

    def __repr__(self) -> str:
        return f"<environment {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Environment], tuple[str]]:
        """Copy and pickle as itself: loaders and specs hold on to it, and some picklers take those by value."""
        return type(self).by_name, (self.name,)

    def see(
        self, imports: Mapping[str, Environment | None], common: Common[Environment] = layered.NOTHING
    ) -> None:
        """Set the view. Dotted names are portions of namespace packages that live in several environments.

        :param imports: what is seen here, as far as it differs from *common*; None: not seen.
        :param common: what most see; whoever makes it has told :data:`known` of its names.
        """
        seen = layered.without_standard(dict(imports))
        # A reload in one thread, imports in others: they see the old view or the new one.
        self.imports = Layered(common, seen)
        known.versioned_import_names.update(
            [name.partition(".")[0] for name, home in seen.items() if home is not None]
        )
        self._searched.clear()
        self.forget_owners()

    def see_also(self, imports: Mapping[str, Environment]) -> None:
        """Add to the view."""
        self.imports.update(imports)
        known.versioned_import_names.update(name.partition(".")[0] for name in imports)
        self.forget_owners()

    def forget_owners(self) -> None:
        """Compute anew who provides what: the view has changed."""
        self.state_of_view = object()
        self.owners.clear()

    def see_undeclared(self, name: str) -> None:
        """Add a top-level module that lies in this environment although no distribution declares it."""
        self.undeclared.add(name)
        self.see_also({name: self})

    def forget_undeclared(self, name: str) -> None:
        """Take it out of the view again: it is found elsewhere now, or gone."""
        if name in self.undeclared:
            self.undeclared.discard(name)
            self.imports.pop(name)
            self.forget_owners()

    def owner(self, name: str) -> Environment:
        """Return the environment that provides module *name* to this view.

        What the view does not contain is left to the application's own source, as a plain interpreter
        would find a script's neighbours before any installed package.
        """
        if self.is_application and self._is_source(name.partition(".")[0]):
            return self
        longest = name
        while longest:
            found = self.imports.get(longest)
            if found is not None:
                return found
            longest = longest.rpartition(".")[0]
        if self.is_split(name):
            return self  # a package of which each view has its own, with its portions
        return self._holder_of_portion(name) or self.application

    def _holder_of_portion(self, name: str) -> Environment | None:
        """Return who provides a portion of a split namespace package that the application does not declare.

        It is the first of the environments from which it takes other portions that sees one: so it is one module,
        and the one that those others use. All portions of a distribution come from the same environment.
        """
        if self.is_application and name.partition(".")[0] in self.imports.portions():
            homes = self._homes(name.partition(".")[0])
            for position, one in enumerate(homes):
                found = one.owner(name)
                provider = None if found.is_application else found.distribution(name)
                if provider is not None:
                    passed = any(provider[0] in other.seen_distributions() for other in homes[:position])
                    return None if passed else found
        return None

    def seen_distributions(self) -> set[str]:
        """Return the distributions that are installed here or borrowed."""
        return {*self.distributions, *self.borrowed}

    def _is_source(self, top: str) -> bool:
        found = self._searched.get(top)
        if found is None:
            found = self._searched[top] = top in known.versioned_import_names and self.has_source(top)
        return found

    def search_again(self, top: str) -> None:
        """Look anew whether the application has source of that name: it is about to be imported."""
        before = self._searched.pop(top, None)
        if self._is_source(top) is not before and before is not None:
            self.forget_owners()

    def stands_for(self, name: str) -> tuple[Environment, str] | None:  # noqa: ARG002 - for those that override it
        """Return the environment and the module that an import alias means; None where names are modules' own."""
        return None

    def distribution(self, name: str) -> tuple[str, str] | None:
        """Return (distribution, version) of what provides module *name* here, None if nothing installed does."""
        while name:
            provider = self.providers.get(name)
            if provider is not None:
                version = self.distributions.get(provider)
                return None if version is None else (provider, version)
            name = name.rpartition(".")[0]
        return None

    def is_split(self, name: str) -> bool:
        """Whether *name* is a namespace package whose portions this view takes from several environments."""
        if name in self.imports:
            return False
        top = name.partition(".")[0]
        return name in self.imports.portions() or (
            self.is_application
            and top in self.imports.portions()
            and self._holder_of_portion(name) is None
            and any(one.has_below(name) for one in self._homes(top))
        )

    def portions(self, name: str) -> list[Environment]:
        """Return the environments that hold portions of the split namespace package *name*."""
        homes = self._homes(name)
        if self.is_application:
            homes += [
                one for one in self._homes(name.partition(".")[0]) if one.has_below(name) and one not in homes
            ]
        return homes

    def _homes(self, name: str) -> list[Environment]:
        """Return the environments from which this view takes what lies below *name*.

        Those of copies that are equally near come in the order of their requirements in pyproject.toml, the others in
        that of the map.
        """
        homes = {home for _, home in self.imports.below(name)}
        found = [one for one in known.everyone if one in homes and not one.is_application]
        first = list(dict.fromkeys(environment for _, environment in self.tied))
        return sorted(found, key=lambda one: first.index(one.name) if one.name in first else len(first))

    def has_below(self, name: str) -> bool:
        """Whether a distribution that is installed here provides something below *name*."""
        portions = self.provided_portions(name.partition(".")[0])
        return any(portion.startswith(name + ".") for portion in portions)

    def provided_portions(self, top: str) -> list[str]:
        """Return the portions of a namespace package that distributions installed here provide, by their dotted names.

        :param top: the first part of its name.
        """
        providers, found = self._provided_portions
        if providers is not self.providers:
            providers, found = self.providers, {}
            for name in providers:
                if "." in name:
                    found.setdefault(name.partition(".")[0], []).append(name)
            self._provided_portions = providers, found
        return found.get(top, [])

    def beside(self) -> Environment:
        """Return the environment whose folders it is in: mostly its own."""
        return self if self.over is None else self.over

    def code_folders(self) -> list[str]:
        """Return where the environment's code lies, without a separator at the end."""
        if not self.overlay:
            return self.paths
        return [os.path.join(path, *name.split(".")) for path in self.paths for name in self.overlay]
