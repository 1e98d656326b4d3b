"""What single packages need, because they keep native state that a process or a thread has once.

A quirk is loaded only where two copies of its package are installed, when one of them is first needed:
:mod:`runtime_shim.loading.loaders` and :mod:`runtime_shim.runtime` say which. What no quirk can part is a known limit.
"""
