"""What a copy of numpy does with another's arrays: whose function is called, computes.

- Plain arrays go over as arrays that share their memory, so ``out=``, in-place operators and functions that change
  an argument reach the original. Result types are those of the numpy whose ufunc or function was called; in ``a + b``
  that is the left operand's.
- Subclasses (``matrix``, masked arrays, a program's own) mean something by their class. If there is one, its own
  numpy's function of the same name computes, and plain arrays go over to it.
- What neither covers is an error that names both versions.
"""

from __future__ import annotations

from _thread import _local as local

from runtime_shim.modules.keys import loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from runtime_shim.model.environment import Environment

# ufunc → the operator method that it stands behind: in `a * b` the class of `b` may have a say that `multiply` hasn't.
_OPERATORS = {
    "add": "add",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
    "divide": "truediv",
    "divmod": "divmod",
    "equal": "eq",
    "floor_divide": "floordiv",
    "greater": "gt",
    "greater_equal": "ge",
    "left_shift": "lshift",
    "less": "lt",
    "less_equal": "le",
    "matmul": "matmul",
    "multiply": "mul",
    "not_equal": "ne",
    "power": "pow",
    "remainder": "mod",
    "right_shift": "rshift",
    "subtract": "sub",
    "true_divide": "truediv",
}


class Copies:
    """The copies of numpy that are loaded."""

    def __init__(self) -> None:
        self.by_environment: dict[Environment, Copy] = {}
        self._by_function_type: dict[type, Copy] = {}

    def add(self, copy: Copy) -> None:
        """Make a copy known to the others."""
        self.by_environment[copy.environment] = copy
        self._by_function_type[type(copy.module.add)] = copy
        dispatcher = vars(copy.module).get("_ArrayFunctionDispatcher")  # since numpy 1.25
        if dispatcher is not None:
            self._by_function_type[dispatcher] = copy

    def of_function(self, function: Any) -> Copy | None:
        """Return the copy that a ufunc or a function with ``__array_function__`` dispatch is of."""
        found = self._by_function_type.get(type(function))
        if found is not None:
            return found
        # Before numpy 1.25 a Python function that is made with `exec`; and functions in C that take `like=`.
        namespace = getattr(function, "__globals__", None)
        dispatch = namespace.get("implement_array_function") if type(namespace) is dict else function
        module = getattr(dispatch, "__self__", None)
        return next((one for one in self.by_environment.values() if one.module is module), None)

    def of_scalar_type(self, kind: type) -> Copy | None:
        """Return the copy that a class of scalars is of."""
        mro = kind.__mro__
        return next((one for one in self.by_environment.values() if one.generic in mro), None)

    def of_dtype(self, kind: type) -> Copy | None:
        """Return the copy that a class of data types is of."""
        mro = kind.__mro__
        return next((one for one in self.by_environment.values() if one.dtype in mro), None)


copies = Copies()


class _Asked(local):
    """The data type that a thread was last asked about, see :meth:`Copy.asked_for_dtype`."""

    dtype: Any = None


_asked = _Asked()


class Copy:
    """A copy of numpy: its C module and the classes made there."""

    def __init__(self, module: Any, environment: Environment) -> None:
        self.module = module
        self.environment = environment
        self.ndarray: type = module.ndarray
        self.dtype: Any = module.dtype
        zero = module.zeros(1, "M8[s]")
        self.void: type = self.dtype("V").type
        self.times: tuple[type, type] = (self.dtype("M8").type, self.dtype("m8").type)
        self.generic: type = next(one for one in type(zero[0]).__mro__ if one.__name__ == "generic")

    @property
    def numpy(self) -> Any:
        """The package; there only when it has been imported."""
        return loaded(self.environment, "numpy")

    def __str__(self) -> str:
        name, version = self.environment.distribution("numpy") or ("numpy", self.numpy.__version__)
        return f"{name} {version} of environment {self.environment.name}"

    # What is put in the place of numpy's own.

    def replacements(self, methods: Mapping[str, Any]) -> dict[str, Any]:
        """Return what replaces ``ndarray``'s methods of the two protocols."""
        array_ufunc, array_function = methods["__array_ufunc__"], methods["__array_function__"]

        def __array_ufunc__(  # noqa: N807 - numpy's
            self: Any, ufunc: Any, method: str, /, *inputs: Any, **options: Any
        ) -> Any:
            called = copies.of_function(ufunc)
            if called is None or called is own:
                return array_ufunc(self, ufunc, method, *inputs, **options)
            return _meet(own, called, ufunc, method, inputs, options)

        def __array_function__(  # noqa: N807 - numpy's
            self: Any, func: Any, types: Any, args: Any, kwargs: Any
        ) -> Any:
            called = copies.of_function(func)
            if called is None or called is own:
                return array_function(self, func, types, args, kwargs)
            return _meet(own, called, func, None, args, kwargs)

        own = self
        for made, original in ((__array_ufunc__, array_ufunc), (__array_function__, array_function)):
            _pass_for(made, original)
        return {"__array_ufunc__": __array_ufunc__, "__array_function__": __array_function__}

    def scalar_wrap(self) -> Any:
        """Return a ``generic.__array_wrap__`` that leaves other copies' arrays as they are."""
        original: Any = vars(self.generic)["__array_wrap__"]
        ndarray = self.ndarray

        def __array_wrap__(self: Any, *arguments: Any) -> Any:  # noqa: N807 - numpy's
            array = arguments[0] if arguments else None
            if array is None or isinstance(array, ndarray) or not _is_array(array):
                return original(self, *arguments)
            return array[()] if array.ndim == 0 else array

        return _pass_for(__array_wrap__, original)

    def array_struct(self, kind: type) -> _ArrayStruct:
        """Return an ``__array_struct__`` that is there only for what it can tell."""
        return _ArrayStruct(vars(kind)["__array_struct__"])

    def scalar_interface(self) -> _ScalarInterface:
        """Return an ``__array_interface__`` for scalars that owns what it points to."""
        return _ScalarInterface(vars(self.generic)["__array_interface__"])

    def asked_for_dtype(self) -> _AskedForDtype:
        """Return an attribute ``dtype`` for data types that is not there, and notes who was asked for it.

        A numpy that is to make a data type of a stranger asks for this attribute, and then for the stranger's type
        (``_convert_from_any`` in multiarray/descriptor.c). So the second question can be answered by the object.
        """
        return _AskedForDtype()

    def type_check(self, original: Callable[[type], bool]) -> Callable[[type], bool]:
        """Return a ``npy_ctypes_check`` that is true of other copies' scalar types, and of the types of data types."""

        def npy_ctypes_check(cls: type) -> bool:
            asked, _asked.dtype = _asked.dtype, None
            if original(cls):
                return True
            if copies.of_scalar_type(cls) not in (None, self):
                return True
            if type(asked) is cls and copies.of_dtype(cls) not in (None, self):
                _asked.dtype = asked
                return True
            return False

        return npy_ctypes_check

    def type_conversion(self, original: Callable[[type], Any]) -> Callable[[type], Any]:
        """Return a ``dtype_from_ctypes_type`` that knows what :meth:`type_check` is true of."""

        def dtype_from_ctypes_type(t: type) -> Any:
            asked, _asked.dtype = _asked.dtype, None
            of = copies.of_scalar_type(t)
            if of is not None and of is not self:
                return self.dtype(of.dtype(t).str)
            of = copies.of_dtype(t)
            if of is not None and of is not self and type(asked) is t:
                return self._like(asked, of)
            return original(t)

        return dtype_from_ctypes_type

    # Taking over.

    def taken_over(self, value: Any, giver: Copy) -> Any:
        """Return an array or scalar of *giver* as this copy's; an array shares its memory, or cannot be written.

        :raises TypeError: if this copy has no such data type.
        """
        if isinstance(value, giver.generic):
            return self.taken_over(giver.module.array(value), giver)[()]
        array = value.view(giver.ndarray)
        dtype = array.dtype
        if dtype.kind == "T":  # variable-width strings of numpy 2: each copy has an arena of its own
            made = self.module.array(array.astype(object), self._like(dtype, giver))
            made.flags.writeable = False
            return made
        wanted = self._like(dtype, giver)
        if dtype.hasobject:
            made = self.module.asarray(array)
            if made.dtype != wanted:
                raise _refusal(self, giver, f"its data type {dtype} does not go over")
            return made
        if dtype.kind in "Mm":
            array = array.view(f"{dtype.byteorder}i8")
        elif dtype.kind == "V":
            array = array.view(f"V{dtype.itemsize}")
        made = self.module.asarray(array)
        return made if made.dtype == wanted else made.view(wanted)

    def _like(self, dtype: Any, giver: Copy) -> Any:
        """Return a data type of *giver* as this copy's."""
        if dtype.subdtype is not None:
            base, shape = dtype.subdtype
            return self.dtype((self._like(base, giver), shape))
        if dtype.names is not None:
            fields = [dtype.fields[name] for name in dtype.names]  # (data type, offset[, title])
            layout = {
                "names": list(dtype.names),
                "formats": [self._like(field[0], giver) for field in fields],
                "offsets": [field[1] for field in fields],
                "titles": [field[2] if len(field) > 2 else None for field in fields],
                "itemsize": dtype.itemsize,
                "aligned": dtype.isalignedstruct,
            }
            return self.dtype(layout)
        if dtype.kind == "T":
            strings = getattr(getattr(self.numpy, "dtypes", None), "StringDType", None)
            options = {"na_object": dtype.na_object} if hasattr(dtype, "na_object") else {}
            return self.dtype(object) if strings is None else strings(coerce=dtype.coerce, **options)
        if dtype.isbuiltin == 2 or (dtype.kind == "V" and not issubclass(dtype.type, giver.dtype("V").type)):
            raise _refusal(self, giver, f"its data type {dtype} is known there only")
        return self.dtype(dtype.str)


class _ArrayStruct:
    """The attribute ``__array_struct__``; no property, since numpy warns when it is to set a property's docstring."""

    def __init__(self, original: Any) -> None:
        self._original = original
        self.__doc__ = original.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        dtype = instance.dtype
        if dtype.kind in "MmT" or dtype.names is not None:
            raise AttributeError(f"__array_struct__ cannot tell the data type {dtype}")
        return self._original.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        self._original.__set__(instance, value)


class _ScalarInterface:
    """The attribute ``__array_interface__`` of scalars; numpy's own points into an array that is gone by then."""

    def __init__(self, original: Any) -> None:
        self._original = original
        self.__doc__ = original.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        return {**self._original.__get__(instance, owner), "data": bytearray(instance.tobytes())}

    def __set__(self, instance: Any, value: Any) -> None:
        self._original.__set__(instance, value)


class _AskedForDtype:
    """See :meth:`Copy.asked_for_dtype`."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        _asked.dtype = instance
        kind = (
            f"type object {owner.__name__!r}" if instance is None else f"{type(instance).__name__!r} object"
        )
        raise AttributeError(f"{kind} has no attribute 'dtype'", name="dtype", obj=instance)


class _Exchange:
    """Arguments of a call on their way from one copy to another."""

    def __init__(self, receiver: Copy, giver: Copy) -> None:
        self._receiver = receiver
        self._giver = giver
        self._originals: list[tuple[Any, Any]] = []  # (what stands for it, the array)

    def carry(self, value: Any) -> Any:
        """Return *value* with the giver's arrays and scalars taken over, in lists, tuples and dicts as well."""
        if isinstance(value, (self._giver.ndarray, self._giver.generic)):
            made = self._receiver.taken_over(value, self._giver)
            self._originals.append((made, value))
            return made
        kind = type(value)
        if kind is list or kind is tuple:
            carried = [self.carry(one) for one in value]
            same = all(new is old for new, old in zip(carried, value, strict=True))
            return value if same else kind(carried)
        if kind is dict:
            return {key: self.carry(one) for key, one in value.items()}
        return value

    def back(self, result: Any) -> Any:
        """Return *result* with the arrays that came from elsewhere, and were written to, as what they were."""
        if type(result) is tuple:
            return tuple(map(self.back, result))
        return next((original for made, original in self._originals if made is result), result)


def _meet(
    giver: Copy,
    called: Copy,
    function: Any,
    method: str | None,
    args: tuple[Any, ...],
    options: dict[str, Any],
) -> Any:
    """Call *function* of the copy *called* with arguments of which some are *giver*'s.

    :param method: of a ufunc, ``"__call__"`` or another; None for a function.
    """
    arguments = list(_arrays((args, options), (giver, called)))
    theirs = [one for one in arguments if isinstance(one, giver.ndarray)]
    special = [one for one in theirs if not _is_plain(type(one), giver)]
    receiver = called
    if special:
        hosts = [one for one in arguments if isinstance(one, called.ndarray)]
        if any(not _is_plain(type(one), called) for one in hosts):
            raise _refusal(called, giver, f"{function.__name__} is given subclasses of both")
        if method == "__call__" and hosts:
            _refuse_operators(special, function, called, giver)
        function = _counterpart(function, called, giver)
        giver, receiver = called, giver
    exchange = _Exchange(receiver, giver)
    bound = function if method is None else getattr(function, method)
    return exchange.back(bound(*exchange.carry(args), **exchange.carry(options)))


def _refuse_operators(special: Iterable[Any], ufunc: Any, called: Copy, giver: Copy) -> None:
    """Refuse what may have been an operator that a class defines for itself: the ufunc does something else.

    :raises TypeError: for a ``matrix`` and ``multiply``, say.
    """
    operator = _OPERATORS.get(ufunc.__name__)
    if operator is None:
        return
    masked = giver.numpy.ma.MaskedArray
    for one in special:
        mro = type(one).__mro__
        own = mro[: mro.index(masked if masked in mro else giver.ndarray)]
        if any(name in vars(base) for base in own for name in (f"__{operator}__", f"__r{operator}__")):
            name = f"{type(one).__module__}.{type(one).__qualname__}"
            raise _refusal(called, giver, f"{name} has its own __{operator}__, which {ufunc.__name__} is not")


def _counterpart(function: Any, called: Copy, giver: Copy) -> Any:
    """Return the function of the same name in another copy.

    :raises TypeError: if there is none; ufuncs of other libraries (scipy.special) are compiled for one numpy.
    """
    name = function.__name__
    home = str(getattr(function, "__module__", None) or "numpy")
    for module_name in dict.fromkeys((home, "numpy")):
        if getattr(loaded(called.environment, module_name), name, None) is function:
            found = getattr(loaded(giver.environment, module_name), name, None)
            if found is not None:
                return found
    raise _refusal(called, giver, f"{name} has no counterpart for a subclass of ndarray there")


def _arrays(value: Any, owners: tuple[Copy, Copy]) -> Iterable[Any]:
    """Yield the arrays of two copies in a structure of lists, tuples and dicts."""
    kind = type(value)
    if isinstance(value, (owners[0].ndarray, owners[1].ndarray)):
        yield value
    elif kind is list or kind is tuple or kind is dict:
        for one in value.values() if kind is dict else value:
            yield from _arrays(one, owners)


def _is_plain(kind: type, copy: Copy) -> bool:
    return kind is copy.ndarray or kind is getattr(copy.numpy, "memmap", None)


def _is_array(value: Any) -> bool:
    return any(isinstance(value, one.ndarray) for one in copies.by_environment.values())


def _refusal(called: Copy, giver: Copy, reason: str) -> TypeError:
    return TypeError(
        f"an array of {giver} met {called}: {reason}; runtime_shim.convert(…, to=…) makes one the other's"
    )


def _pass_for(function: Any, original: Any) -> Any:
    """Make a function look like the method that it replaces."""
    function.__module__ = "numpy"
    function.__qualname__ = original.__qualname__
    function.__doc__ = original.__doc__
    return function
