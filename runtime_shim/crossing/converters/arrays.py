"""numpy's arrays, data types and scalars, between numpy 1 and 2 as well: by the bytes, nothing else is shared."""

from __future__ import annotations

from runtime_shim.crossing.converters.registry import ship

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.crossing.converters.target import Target


@ship("numpy.dtype", subclasses=True)
def dtype(value: Any, target: Target) -> Any:
    """Return the same data type; numpy 2's variable-width strings become objects where they are unknown."""
    numpy: Any = target.module("numpy")
    if value.subdtype is not None:
        base, shape = value.subdtype
        return numpy.dtype((target.convert(base), shape))
    if value.fields is not None:
        fields = [value.fields[name] for name in value.names]  # (data type, offset[, title])
        layout = {
            "names": list(value.names),
            "formats": [target.convert(field[0]) for field in fields],
            "offsets": [field[1] for field in fields],
            "titles": [field[2] if len(field) > 2 else None for field in fields],
            "itemsize": value.itemsize,
            "aligned": value.isalignedstruct,
        }
        made = numpy.dtype(layout)
        return numpy.dtype((numpy.record, made)) if value.type.__name__ == "record" else made
    if value.kind == "T":
        strings = getattr(getattr(numpy, "dtypes", None), "StringDType", None)
        return numpy.dtype(object) if strings is None else _string_dtype(value, strings)
    return numpy.dtype(value.str)


def _string_dtype(value: Any, strings: Any) -> Any:
    options = {"na_object": value.na_object} if hasattr(value, "na_object") else {}
    return strings(coerce=value.coerce, **options)


@ship("numpy.ndarray")
def array(value: Any, target: Target) -> Any:
    """Return an array of its own memory, with the same order of axes in it; objects are converted one by one."""
    numpy: Any = target.module("numpy")
    if value.flags.f_contiguous and not value.flags.c_contiguous:
        return array(value.T, target).T
    kind = target.convert(value.dtype)
    made = numpy.empty(value.shape, dtype=kind)
    if value.dtype.hasobject:
        if value.dtype.fields is not None:
            raise ValueError("an array of records that hold objects cannot be carried by its bytes")
        # Element by element: a list of lists would be taken for more dimensions.
        for position, element in enumerate(target.convert(value.ravel().tolist())):
            made.reshape(-1)[position] = element
    elif value.size and value.itemsize:
        made.reshape(-1)[...] = numpy.frombuffer(value.ravel().view("u1"), dtype=kind)
    made.flags.writeable = value.flags.writeable
    return made


@ship("numpy.generic", subclasses=True)
def scalar(value: Any, target: Target) -> Any:
    """Return the same scalar."""
    return array(value.reshape(1), target)[0]


@ship("numpy.random.bit_generator.BitGenerator", subclasses=True)
def bit_generator(value: Any, target: Target) -> Any:
    """Return a bit generator that goes on where the other is."""
    made = target.counterpart(type(value))()
    made.state = target.convert(value.state)
    return made


@ship("numpy.random._generator.Generator")
def generator(value: Any, target: Target) -> Any:
    """Return a generator of random numbers that goes on where the other is."""
    return target.counterpart(type(value))(target.convert(value.bit_generator))


@ship("numpy.random.mtrand.RandomState")
def random_state(value: Any, target: Target) -> Any:
    """Do the same for the generator of old."""
    made = target.counterpart(type(value))()
    made.set_state(target.convert(value.get_state(legacy=False)))
    return made
