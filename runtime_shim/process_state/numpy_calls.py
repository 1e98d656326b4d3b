"""What a copy of numpy does with another's arrays: whose function is called, computes.

- Plain arrays go over as arrays that share their memory, so ``out=``, in-place operators and functions that change
  an argument reach the original. Result types are those of the numpy whose ufunc or function was called; in ``a + b``
  that is the left operand's.
- Subclasses (``matrix``, masked arrays, a program's own) mean something by their class. If there is one, its own
  numpy's function of the same name computes, and plain arrays go over to it.
- What neither covers is an error that names both versions.
"""

from __future__ import annotations

from runtime_shim.modules.keys import loaded
from runtime_shim.process_state.numpy_copy import refusal

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from runtime_shim.process_state.numpy_copy import Copy

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


def meet(
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
            raise refusal(called, giver, f"{function.__name__} is given subclasses of both")
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
            raise refusal(called, giver, f"{name} has its own __{operator}__, which {ufunc.__name__} is not")


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
    raise refusal(called, giver, f"{name} has no counterpart for a subclass of ndarray there")


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
