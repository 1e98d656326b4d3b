"""Keeping native libraries of several environments apart within one process.

The dynamic linker knows nothing of environments: it tells libraries apart by SONAME and by inode, and binds some C++
symbols once for the whole process. What is in an environment is therefore read when it has been installed
(:mod:`~orchestrator.native.read`), what would be confused is found (:mod:`~orchestrator.native.decide`), and gets
names of its own (:mod:`~orchestrator.native.apply`), before anything is in use.

:func:`orchestrator.native.step.separate` is all that a build calls.
"""
