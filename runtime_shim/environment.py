"""An environment at run time: its folders, its view (import name → environment), and its key class."""

from __future__ import annotations

import builtins
import os
import sys
from types import FunctionType

from runtime_shim import keys, namespaces, native, origin

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

# Every top-level import name that some environment holds. Names outside it are nobody's: plain keys.
contested: set[str] = set()

# The text of every key there is, and for how many more there is room before those out of use are dropped.
_module_names: set[str] = set()
_ROOM = 1 << 12
_in_use = [0]

# All environments, the application first.
everyone: list[Environment] = []


def holders(name: str) -> Iterator[Environment]:
    """Yield the environments that provide module *name* to themselves: its homes, no borrowers.

    The application is among them where it has source of that name, or no environment's module in its view.
    """
    if name.partition(".")[0] in contested:
        for one in everyone:
            if one.owners[name] is one:
                yield one


def named(name: str) -> Environment:
    """Return the environment of this name: what an environment in a pickle becomes, in any process of the project.

    :raises LookupError: if there is none.
    """
    if not everyone:
        from runtime_shim import Starter, runtime  # the process has not used any environment yet

        runtime.start(Starter)
    for one in everyone:
        if one.name == name:
            return one
    whole, slash, _ = name.partition("/")
    if slash:  # a portion of that one, in a process where other overrides were in effect
        return named(whole)
    raise LookupError(f"no environment {name!r} in this project")


class Owners(dict[str, "Environment"]):
    """Module name → the environment whose module a caller of this view gets; computed on first use.

    Remembered for names of modules only, not for every name that somebody tries.
    """

    __slots__ = ("environment",)

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self.environment = environment

    def __missing__(self, name: str) -> Environment:
        owner = self.environment.owner(name)
        if name in _module_names:
            self[name] = owner
        return owner


class Environment:
    """One view of the import system: an environment under ``py_modules/``, or the application itself.

    :param name: the environment's name in ``import_map.json``.
    :param application: the application's environment; None for the application itself.
    :param paths: absolute path entries that hold its distributions, ``site-packages`` first.
    :param portion: import names; its code is theirs alone, and the rest of its folders is another environment's.
    """

    def __init__(
        self, name: str, application: Environment | None, paths: list[str], portion: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.application = application or self
        self.paths = paths
        self.portion = portion
        # Whose folders they are, if its code is a portion of what is there.
        self.over: Environment | None = None
        self.imports: dict[str, Environment] = {}
        self.distributions: Mapping[str, str] = {}  # installed here: distribution name → version
        self.providers: Mapping[str, str] = {}  # import name → distribution installed here
        self.borrowed: Mapping[str, Environment] = {}  # seen here, installed elsewhere
        self.undeclared: set[str] = set()
        self.owners = Owners(self)
        self.key = keys.key_type(self)
        self._split: frozenset[str] = frozenset()
        self._keys: dict[str, keys.Key] = {}
        self._started = False
        self._searched: set[str] = set()
        everyone.append(self)
        # Whether the application has source of that name; the finder says.
        self.has_source: Callable[[str], bool] = bool

    def __repr__(self) -> str:
        return f"<environment {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Environment], tuple[str]]:
        """Copy and pickle as itself: loaders and specs hold on to it, and some picklers take those by value."""
        return named, (self.name,)

    @property
    def is_application(self) -> bool:
        """Whether this is the application's own view rather than an isolated environment."""
        return self.application is self

    def see(self, imports: Mapping[str, Environment]) -> None:
        """Set the view. Dotted names are portions of namespace packages that live in several environments."""
        self.imports = {}
        self._searched.clear()
        self.see_also(imports)

    def see_also(self, imports: Mapping[str, Environment]) -> None:
        """Add to the view."""
        self.imports.update(imports)
        contested.update(name.partition(".")[0] for name in imports)
        self._split = frozenset(
            name[:position] for name in self.imports for position in range(len(name)) if name[position] == "."
        )
        self.owners.clear()

    def see_undeclared(self, name: str) -> None:
        """Add a top-level module that lies in this environment although no distribution declares it."""
        self.undeclared.add(name)
        self.see_also({name: self})

    def forget_undeclared(self, name: str) -> None:
        """Take it out of the view again: it is found elsewhere now, or gone. Not while it is loaded."""
        if name in self.undeclared and self.key_for(name) not in sys.modules:
            self.undeclared.remove(name)
            del self.imports[name]
            self.owners.clear()

    def owner(self, name: str) -> Environment:
        """Return the environment that provides module *name* to this view.

        What the view does not contain is left to the application's own source, as a plain interpreter
        would find a script's neighbours before any installed package.
        """
        top = name.partition(".")[0]
        if self.is_application and top not in self._searched:
            self._searched.add(top)
            if top in contested and self.has_source(top):
                self.imports[top] = self  # as in a plain interpreter, the script's neighbours come first
        longest = name
        while longest:
            found = self.imports.get(longest)
            if found is not None:
                return found
            longest = longest.rpartition(".")[0]
        return self.application

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
        return name in self._split and name not in self.imports

    def portions(self, name: str) -> Iterator[Environment]:
        """Yield the environments that hold portions of the split namespace package *name*."""
        seen = []
        for portion, environment in self.imports.items():
            if portion.startswith(name + ".") and environment not in seen:
                seen.append(environment)
                yield environment

    def key_for(self, name: str) -> keys.Key:
        """Return the ``sys.modules`` key of module *name*: the same object as long as it is in use."""
        try:
            return self._keys[name]
        except KeyError:
            if len(_module_names) >= 2 * _in_use[0] + _ROOM:
                _drop_unused_keys()
            _module_names.add(name)
            return self._keys.setdefault(name, self.key(name))

    def drop_keys(self, in_use: list[keys.Key]) -> None:
        """Forget the keys that are not *in_use*."""
        self._keys = {str(name): name for name in in_use if type(name) is self.key}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call *function* with this environment as the origin of what neutral code below it looks up."""
        # The application's site-packages are neutral ground; its own source is what lies in the project.
        folder = origin.project() if self.is_application else self.code_folders()[0]
        code = _call.__code__.replace(co_filename=os.path.join(folder, "<mvenv>"))
        # C code that imports (PyImport_Import) takes the built-ins from the globals of this frame.
        names = builtins if self.is_application else namespaces.of(self)
        return FunctionType(code, {"__builtins__": names})(function, arguments)

    def beside(self) -> Environment:
        """Return the environment whose folders it is in: mostly its own."""
        return self if self.over is None else self.over

    def code_folders(self) -> list[str]:
        """Return where the environment's code lies, without a separator at the end."""
        if not self.portion:
            return self.paths
        return [os.path.join(path, *name.split(".")) for path in self.paths for name in self.portion]

    def start(self) -> None:
        """Run the ``import`` lines of the environment's ``.pth`` files, once, when it is first used.

        ``site.addpackage`` does it for an ordinary environment at interpreter start-up. Its path lines are
        in ``import_map.json`` already. Failures are reported on stderr and do not stop anything, as there.
        """
        if self._started or self.is_application:
            return
        self._started = True
        from runtime_shim import adoption, subjects  # they need this module first

        subjects.install()
        native.start(origin.environment_of_path)
        if self.over is not None:  # the .pth files are its business
            self.over.start()
            return
        try:
            names = sorted(os.listdir(self.paths[0]))
        except OSError:
            return
        for name in names:
            if name.endswith(".pth") and name != "_virtualenv.pth":
                self._run_pth(os.path.join(self.paths[0], name))
        adoption.adopt_new_modules(self)  # namespace .pth files put modules into sys.modules

    def _run_pth(self, path: str) -> None:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            lines = [line for line in file if line.startswith(("import ", "import\t"))]
        for line in lines:
            try:
                # Namespace .pth files read `sitedir` from this frame, as they would from site.addpackage's.
                _execute(compile(line, path, "exec"), self.paths[0])
            except Exception as error:  # noqa: BLE001 - whatever the line raises, the program goes on
                sys.stderr.write(f"Error processing line in {path}: {type(error).__name__}: {error}\n")


def _drop_unused_keys() -> None:
    """Forget the keys of modules that are gone (plugins, templates): any number of them may come and go.

    Another key with the same text and environment is as good, should one of them come back.
    """
    _module_names.clear()
    in_use = [name for name in list(sys.modules) if isinstance(name, keys.Key)]
    _module_names.update(map(str, in_use))
    for one in everyone:
        one.owners.clear()
        one.drop_keys(in_use)
    _in_use[0] = len(_module_names)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(*arguments)


def _execute(code: Any, sitedir: str) -> None:  # noqa: ARG001 - read through the frame
    exec(code)  # noqa: S102 - what site.addpackage does with the same line
