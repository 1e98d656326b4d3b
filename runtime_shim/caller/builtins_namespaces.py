"""Generated code that remembers where it was made: a builtins namespace for each environment.

``exec(source, {})`` gives the fresh globals the ``__builtins__`` of the code that calls it (``builtin_exec_impl`` in
CPython's Python/bltinmodule.c), and every function made there carries that dict (``frame.f_builtins``), whoever calls
it later. So the modules of an environment get a dict of their own as ``__builtins__``: same contents, another object,
and generated code without a file can be traced to its environment by it.

The price is that whoever changes the builtins (``mock.patch("builtins.open")``, ``gettext.install``) must reach all of
them. The class of the :mod:`builtins` module does that: its attributes and its ``__dict__`` write to every namespace.
"""

from __future__ import annotations

import builtins
import copyreg
import importlib
from types import ModuleType

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment, Owners

# id of an environment's namespace -> its owners. The namespaces live as long as the process.
owners_by_namespace: dict[int, Owners] = {}

_real: dict[str, Any] = vars(builtins)
_namespaces: dict[Environment, dict[str, Any]] = {}


def of(environment: Environment) -> dict[str, Any]:
    """Return what is ``__builtins__`` in the modules of *environment*."""
    try:
        return _namespaces[environment]
    except KeyError:
        if type(builtins) is not _Builtins:
            builtins.__class__ = _Builtins
            # Picklers that can do modules (cloudpickle) have a table by exact type.
            copyreg.pickle(_Builtins, _reduce)
        made = _real.copy()
        owners_by_namespace[id(made)] = environment.owners
        namespace = _namespaces.setdefault(environment, made)
        if namespace is made:
            made.update(_real)  # what another thread has set before this namespace was to be found
        else:
            del owners_by_namespace[id(made)]  # another thread was faster
        return namespace


class _Builtins(ModuleType):
    """The class of the :mod:`builtins` module, which keeps the namespaces in step."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        for namespace in list(_namespaces.values()):
            namespace[name] = value

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        for namespace in list(_namespaces.values()):
            namespace.pop(name, None)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        # At no time without a name that is there: other threads may have it, too.
        dict.update(_dict, _real)
        for name in list(_dict):
            if name not in _real:
                dict.pop(_dict, name, None)
        return _dict


# In messages, too: "'module' object is not callable".
_Builtins.__name__ = _Builtins.__qualname__ = "module"
_Builtins.__module__ = "builtins"


def _reduce(module: ModuleType) -> tuple[Any, ...]:
    return importlib.import_module, (module.__name__,)


class _Dict(dict):  # type: ignore[type-arg]
    """``builtins.__dict__``: reads as the real one, writes to all of them."""

    def __setitem__(self, name: str, value: Any) -> None:
        dict.__setitem__(self, name, value)
        setattr(builtins, name, value)

    def __delitem__(self, name: str) -> None:
        dict.__delitem__(self, name)
        delattr(builtins, name)

    def update(self, *others: Any, **names: Any) -> None:
        """Set several names."""
        for name, value in dict(*others, **names).items():
            self[name] = value

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def setdefault(self, name: str, value: Any = None) -> Any:
        """Set a name that isn't there yet."""
        if name not in self:
            self[name] = value
        return self[name]

    def pop(self, name: str, *default: Any) -> Any:
        """Remove a name."""
        if name in self:
            value = self[name]
            del self[name]
            return value
        return dict.pop(self, name, *default)


_dict = _Dict()
