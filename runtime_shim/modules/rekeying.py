"""Modules that turn up in ``sys.modules`` behind importlib's back become their environment's own.

Library code assigns ``sys.modules["six.moves"] = …``, extensions call ``PyImport_AddModule``, single-phase
extensions store themselves, other import hooks load under plain keys. A plain key is found by everybody, so
entries of versioned import names are moved to the environment's key before another environment can see them. New
entries are at the end of the dict, so looking is cheap.
"""

from __future__ import annotations

import contextlib
import sys
from itertools import islice

from runtime_shim.accelerator import extension
from runtime_shim.caller.disguise import plain_keys_only
from runtime_shim.caller.files import code_files
from runtime_shim.model.environment import known
from runtime_shim.model.exclusion import exclusively, fork_safe_lock
from runtime_shim.model.inspection import FREE_THREADED, namespace_of
from runtime_shim.modules import turns
from runtime_shim.modules.keys import is_loaded, key_for

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment
    from runtime_shim.modules.keys import Key

_NEAR = (1, 32)  # entries looked at first: there are thousands, few are new, and mostly none


class _Rekeying:
    """How far ``sys.modules`` has been looked at."""

    def __init__(self) -> None:
        self._newest: Any = None  # the last entry seen
        self._lock = fork_safe_lock()  # two threads must not give one entry to two owners

    def new_modules(self, working: Environment) -> None:
        """Give the entries added since the last call to the environment they come from.

        :param working: whose code has just run: the owner of what has no file to tell.
        """
        if extension is not None:
            newest = extension.newest_if_settled(sys.modules, self._newest, known.versioned_import_names)
            if newest is not None:
                self._newest = newest
                return
        added = _added_since(self._newest)
        if any(map(_is_to_rekey, added)):
            exclusively(self._lock, self._give, working)
        elif added:  # mostly: keys, and what is nobody's
            self._newest = added[0]

    def _give(self, working: Environment) -> None:
        added = _added_since(self._newest)
        if not added:  # another thread has done it meanwhile
            return
        for name in reversed(added):
            if _is_to_rekey(name):
                _rekey(name, working)
        self._newest = added[0]  # not before: an interruption may have left some of them


_rekeying = _Rekeying()


def _is_to_rekey(name: Any) -> bool:
    return type(name) is str and known.is_versioned(name)


rekey_new_modules = _rekeying.new_modules


def _added_since(seen: Any) -> list[Any]:
    """Return the names that were put into ``sys.modules`` after *seen*, the newest first.

    They are copied in one step of C code. With other threads adding and removing entries in between, CPython's
    reversed iterator (``dictreviter_iternext`` in Objects/dictobject.c) may read behind the end of a smaller table.
    Free-threaded, only the copy of all names is one step (``list_extend_dict`` in Objects/listobject.c).
    """
    names: list[Any] = []
    for most in (None,) if FREE_THREADED else (*_NEAR, None):
        try:
            names = list(sys.modules)[::-1] if FREE_THREADED else list(islice(reversed(sys.modules), most))
        except RuntimeError:  # a finalizer has run meanwhile: look again next time
            return []
        for position, name in enumerate(names):
            if name is seen:
                return names[:position]
        if most is not None and len(names) < most:
            break
    return names


def give(names: set[str], owner: Environment) -> None:
    """Make all modules of these top-level names that are still everybody's *owner*'s."""
    for name in list(sys.modules):
        if type(name) is str and name.partition(".")[0] in names:
            _rekey(name, owner, owner)


def _rekey(name: str, working: Environment, owner: Environment | None = None) -> None:
    module = _get_plain(sys.modules, name)
    if module is None:
        return
    namespace = namespace_of(module)
    file = namespace.get("__file__")
    home = code_files.environment_of(file) if isinstance(file, str) else None
    key = key_for(owner or home or _assigner(name, working), name)
    _move(sys.modules, name, key, module)
    name_by_key(module, key)


def name_by_key(module: Any, key: Key) -> None:
    """Let a module's spec have the key for a name: importlib.reload looks the module up by it."""
    spec: Any = namespace_of(module).get("__spec__")
    with contextlib.suppress(Exception):  # somebody's own object in place of a spec
        if type(spec.name) is str and spec.name == str(key):
            spec.name = key


def _assigner(name: str, working: Environment) -> Environment:
    """Return whose code has put a module without a file into ``sys.modules``.

    It is whoever executes a package of that name at this moment: in this thread, or else in another. Environments take
    turns at that, so several are there only if all but one are at a halt. Next comes whoever initialises an extension
    module, which may have made modules of another name than its own. If nobody is at work it is an environment that
    has the package: first the one that *working* sees.

    An environment that has an entry of that name already would have replaced it; so it was somebody else.
    """
    top, likely = name.partition(".")[0], working.owners[name]
    at_work: list[Environment | None] = [turns.of(top).here(), *turns.of(top).elsewhere()]
    if turns.extensions.here() is None:
        at_work += turns.extensions.elsewhere()
    parent = name.rpartition(".")[0]
    providing = [likely, *known.holders(name)]
    having = [one for one in providing if not parent or is_loaded(one, parent)]
    for one in (*at_work, *having, *providing):
        if one is not None and one.owners[name] is one and not is_loaded(one, name):
            return one
    return likely


@plain_keys_only
def _get_plain(modules: dict[str, Any], name: str) -> Any:
    return modules.get(name)


@plain_keys_only
def _move(modules: dict[str, Any], name: str, key: str, module: Any) -> None:
    """Give a module of a plain name a key instead.

    The plain name goes first, so the key takes its place in the dict's table (``find_empty_slot`` in CPython's
    Objects/dictobject.c): a look-up comes to the key before any plain name that is added later.
    """
    modules.pop(name, None)
    modules[key] = module
