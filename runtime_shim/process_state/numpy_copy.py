"""A copy of numpy in a process, and how it takes over another's arrays, scalars and data types."""

from __future__ import annotations

from runtime_shim.modules.keys import loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment


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

    def taken_over(self, value: Any, giver: Copy) -> Any:
        """Return an array or scalar of *giver* as this copy's; an array shares its memory, or cannot be written.

        :raises TypeError: if this copy has no such data type.
        """
        if isinstance(value, giver.generic):
            return self.taken_over(giver.module.array(value), giver)[()]
        array = value.view(giver.ndarray)
        dtype = array.dtype
        if dtype.kind == "T":  # variable-width strings of numpy 2: each copy has an arena of its own
            made = self.module.array(array.astype(object), self.like(dtype, giver))
            made.flags.writeable = False
            return made
        wanted = self.like(dtype, giver)
        if dtype.hasobject:
            made = self.module.asarray(array)
            if made.dtype != wanted:
                raise refusal(self, giver, f"its data type {dtype} does not go over")
            return made
        if dtype.kind in "Mm":
            array = array.view(f"{dtype.byteorder}i8")
        elif dtype.kind == "V":
            array = array.view(f"V{dtype.itemsize}")
        made = self.module.asarray(array)
        return made if made.dtype == wanted else made.view(wanted)

    def like(self, dtype: Any, giver: Copy) -> Any:
        """Return a data type of *giver* as this copy's."""
        if dtype.subdtype is not None:
            base, shape = dtype.subdtype
            return self.dtype((self.like(base, giver), shape))
        if dtype.names is not None:
            fields = [dtype.fields[name] for name in dtype.names]  # (data type, offset[, title])
            layout = {
                "names": list(dtype.names),
                "formats": [self.like(field[0], giver) for field in fields],
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
            raise refusal(self, giver, f"its data type {dtype} is known there only")
        return self.dtype(dtype.str)


def refusal(called: Copy, giver: Copy, reason: str) -> TypeError:
    """Return the error that names both copies."""
    return TypeError(
        f"an array of {giver} met {called}: {reason}; runtime_shim.convert(…, to=…) makes one the other's"
    )
