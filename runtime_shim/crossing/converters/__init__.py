"""Carrying objects from one environment's version of a library to another's; see :mod:`runtime_shim.crossing.convert`.

- ``lookup``: classes, functions and modules by name: whose they are, and what another environment has instead;
- ``target``: what a converter is given to build the new object from;
- ``survey``: which parts of an object have to be converted at all;
- ``carrier``: the way of most objects: taken apart as pickle does, put together from the target's classes;
- ``registry``: converters for the others, by class name; ``arrays`` (numpy), ``dataframes`` (pandas), ``models``
  (pydantic) and ``records`` (dataclasses) are shipped.
"""
