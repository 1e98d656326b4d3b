"""Carrying objects from one environment's version of a library to another's; see :mod:`runtime_shim.conversion`.

- ``target``: the environment that an object goes to, and what it has under a name;
- ``survey``: which parts of an object have to be converted at all;
- ``carrier``: the way of most objects: taken apart as pickle does, put together from the target's classes;
- ``registry``: converters for the others, by class name; ``arrays``, ``frames`` and ``records`` are shipped.
"""
