"""Context-sensitive keys: how one ``sys.modules`` dict answers each caller with its own modules.

A module of an environment is stored under a key that is a ``str`` subclass: same text, same hash, and an
``__eq__`` that says yes only to a caller whose view maps that name to the key's environment. A dict lookup
(``_Py_dict_lookup`` in CPython's Objects/dictobject.c) compares every stored key of equal hash with
``PyObject_RichCompare``, so ``sys.modules["pandas"]`` *is* a filtered lookup, for C code and Python code, in
every thread, with nothing swapped and nothing locked. Names that no environment holds keep plain keys and the
plain, fast comparison by identity.

Each environment has a key class of its own. That keeps instances free of slots, so the garbage collector does
not track them (CPython 3.13 aborts with "object already tracked" when a tracked string names an extension
module), and makes "whose key is it" one ``type()`` call.
"""

from __future__ import annotations

import builtins
import importlib._bootstrap as bootstrap
import opcode
import sys
from importlib.machinery import SourceFileLoader

from runtime_shim.accelerator import IMPORT_OPERATIONS, extension
from runtime_shim.caller import call_sites, frames
from runtime_shim.caller.disguise import MACHINERY, PLAIN_KEYS_ONLY, plain_keys_only
from runtime_shim.caller.files import code_files
from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment

_AFTER_YIELD_FROM = 2
_LOOKING_FOR_PARENTS = bootstrap._find_and_load_unlocked.__code__  # type: ignore[attr-defined]  # noqa: SLF001


_Text: type[str] = str if extension is None else extension.Key


class Key(_Text):  # type: ignore[misc, valid-type]
    """The name of a module that belongs to one environment. Only its subclasses have instances."""

    __slots__ = ()
    environment: Environment
    cache: dict[str, Key]
    """Name → the key of this environment: the same object as long as it is in use."""

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Copy and pickle as the plain name: a key means something in its own process only."""
        return str, (str(self),)


def _maps_to(
    frame: Any,
    name: str,
    key: Key,
    find: Any = frames.find_in_python,
    is_finalizing: Any = sys.is_finalizing,
    Key: type[Key] = Key,  # noqa: N803 - bound here because shutdown empties module globals
    plain_keys_only: str = PLAIN_KEYS_ONLY,
) -> bool:
    """Whether *name*, looked up by *frame*, means *key*; their text is known to be the same."""
    if isinstance(name, Key):
        return type(name) is type(key)
    if frame is not None and frame.f_code.co_filename == plain_keys_only:
        return False
    try:
        return find(frame).owners[str(name)] is key.environment
    except Exception:
        if is_finalizing():  # the interpreter has emptied the modules that would know
            return False
        raise  # no answer is better than a wrong one


def _without_switch(function: Any) -> Any:
    """Make the interpreter not look for other threads' wishes at the beginning of a function.

    ``sys.modules.copy()``, of which the standard library is sure that it is one step, compares keys of one text with
    each other where more than a third of the entries are empty (``dict_merge`` in CPython's Objects/dictobject.c). If
    another thread ran then and added a module, it would fail: "dict mutated during update". The interpreter switches
    threads after calls, at jumps back, and in the instruction that begins a function; not in that of one that goes on
    (``RESUME`` in Python/bytecodes.c, with ``RESUME_AFTER_YIELD_FROM``).
    """
    code = bytearray(function.__code__.co_code)
    begin = code.index(opcode.opmap["RESUME"])  # behind COPY_FREE_VARS at the most
    code[begin + 1] = _AFTER_YIELD_FROM
    function.__code__ = function.__code__.replace(co_code=bytes(code))
    return function


def _make_type(environment: Environment) -> type[Key]:
    """Make the class of *environment*'s keys.

    Equality, in this order: another text is never equal; two keys are equal if they are of the same
    environment, whoever asks; a plain string is equal if the caller's view maps it to this environment.
    The last case is on the path of every repeated import, so the caller's commonest forms, an import
    statement in a file seen before and a look-up written out there, are decided here.
    """

    def __eq__(  # noqa: N807 - becomes a method below
        self: Any,
        other: object,
        same_text: Any = str.__eq__,
        getframe: Any = sys._getframe,
        by_file: Any = code_files.owners,
        import_operations: Any = IMPORT_OPERATIONS,
        looking_for_parents: Any = _LOOKING_FOR_PARENTS,
        is_of_interpreter: Any = call_sites.is_of_interpreter,
        slowly: Any = _maps_to,
        text: type[str] = str,
        key: type[Key] = Key,
    ) -> Any:
        kind = other.__class__
        if kind is not text and kind.__base__ is key and kind is not self.__class__:
            return False  # the key of another environment: answered without a call (_without_switch)
        same = same_text(self, other)
        if same is not True:
            return same
        try:
            frame = getframe(1)
        except ValueError:  # C code with no Python frame below it: a native thread, or interpreter shutdown
            return slowly(None, other, self)
        code, asking = frame.f_code, frame
        if code is looking_for_parents:  # for `_find_and_load`, which an import statement has called
            asking = frame.f_back.f_back
            if asking is None:
                return slowly(frame, other, self)
            code = asking.f_code
        owners = by_file.get(code.co_filename)
        if (
            kind is text
            and owners is not None
            and (code.co_code[asking.f_lasti] in import_operations or is_of_interpreter(asking))
        ):
            return owners[other] is environment
        return slowly(frame, other, self)

    def __ne__(self: Any, other: Any) -> Any:  # noqa: N807 - becomes a method below
        same = str.__eq__(self, other)
        if same is not True:
            return same if same is NotImplemented else True
        return not _maps_to(sys._getframe().f_back, other, self)

    namespace = {
        "__slots__": (),
        "environment": environment,
        "cache": {},
        "__module__": __name__,
        "__qualname__": "Key",
    }
    if extension is None:
        # Equal text has equal hash: a key must be found by the plain name. Defining __eq__ would unset it.
        namespace.update(__eq__=_without_switch(__eq__), __ne__=__ne__, __hash__=str.__hash__)
    return type("Key", (Key,), namespace)


def _configure_accelerator() -> None:
    """Give the code in C what it looks at, in its order, and the functions that it leaves the rest to."""
    importlib_own: Any = bootstrap
    extension.configure(
        code_files.owners,
        code_files.neutral,
        MACHINERY,
        frames.TELLING,
        frames.subjects,
        frames.find_in_python,
        call_sites.kind,
        importlib_own._call_with_frames_removed.__code__,  # noqa: SLF001 - there is no other way to name it
        importlib_own._handle_fromlist.__code__,  # noqa: SLF001 - as above
        _LOOKING_FOR_PARENTS,
        SourceFileLoader.exec_module.__code__,
        importlib_own._find_spec.__code__,  # noqa: SLF001 - as above
        vars(sys),
        sys,
        builtins.__import__,
        _maps_to,
        PLAIN_KEYS_ONLY,
    )


if extension is not None:
    _configure_accelerator()


class _Types(dict["Environment", type[Key]]):
    """Environment → the class of its keys, made when it is first asked for."""

    def __missing__(self, environment: Environment) -> type[Key]:
        return self.setdefault(environment, _make_type(environment))


class _Keys:
    """The keys there are, and for how many more there is room before those out of use are dropped."""

    ROOM = 1 << 12

    def __init__(self) -> None:
        self.types = _Types()
        self._in_use = 0

    def new(self, kind: type[Key], name: str) -> Key:
        """Return a new key, which from now on is the one of this environment and name."""
        if len(known.module_names) >= 2 * self._in_use + self.ROOM:
            self._drop_unused()
        known.module_names.add(name)
        return kind.cache.setdefault(name, kind(name))

    def _drop_unused(self) -> None:
        """Forget the keys of modules that are gone (plugins, templates): any number of them may come and go.

        Another key with the same text and environment is as good, should one of them come back.
        """
        known.module_names.clear()
        in_use = [name for name in list(sys.modules) if isinstance(name, Key)]
        known.module_names.update(map(str, in_use))
        for environment, kind in list(self.types.items()):
            environment.forget_owners()
            kind.cache = {str(name): name for name in in_use if type(name) is kind}
        self._in_use = len(known.module_names)


_keys = _Keys()


def key_type(environment: Environment) -> type[Key]:
    """Return the class of *environment*'s keys."""
    return _keys.types[environment]


def key_for(environment: Environment, name: str) -> Key:
    """Return the ``sys.modules`` key of *environment*'s module *name*: the same object as long as it is in use."""
    kind = _keys.types[environment]
    try:
        return kind.cache[name]
    except KeyError:
        return _keys.new(kind, name)


@plain_keys_only
def loaded(environment: Environment, name: str) -> Any:
    """Return *environment*'s module *name* if it is in ``sys.modules``, else None."""
    return sys.modules.get(key_for(environment, name))


def is_loaded(environment: Environment, name: str) -> bool:
    """Whether *environment* has a module *name* of its own in ``sys.modules``, whatever stands under the plain name."""
    return name in _keys.types[environment].cache and loaded(environment, name) is not None


class LoaderName(str):
    """The name a loader was made for.

    ``importlib``'s loaders refuse a name that differs from their own (``_check_name``). A comparison of this
    class with a key is decided here, by text (the left operand's, unless the right one's class is a subclass
    of it), so whoever asks an environment's loader for its own source is answered.
    """

    __slots__ = ()
