"""What packages keep once per process or thread, made one per environment.

Registries of binding tools are for every extension module. What a single package needs is loaded only where two copies
of it are installed, when one of them is first needed: :mod:`runtime_shim.loading.loaders` and
:mod:`runtime_shim.runtime` say which. What cannot be parted is a known limit.
"""
