"""Compiles the shim's accelerator when mvenv is built or installed editable; without a C compiler it goes without.

It is one file for all versions of CPython from 3.11 on (the limited API, PEP 384), so the wheel is `cp311-abi3`. Not
for free-threaded Pythons, nor for Windows, whose `python3.dll` lacks some of the functions. ``MVENV_NO_ACCELERATOR`` in
the environment, if it is not empty, makes a wheel without it.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # type: ignore[import-untyped, import-not-found, unused-ignore]

SOURCE = "runtime_shim/accelerator/_caller.c"
MODULE = "runtime_shim.accelerator._caller"
LIMITED_API = "0x030B0000"


class CompileAccelerator(BuildHookInterface[Any]):  # type: ignore[misc]
    """Adds the extension module to the wheel, or puts it beside its source where that is used in place."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile it; a failure is told, and is none of the build."""
        root = Path(self.root)
        is_in_place = version == "editable"
        if is_in_place:
            for earlier in (root / SOURCE).parent.glob("_caller*.so"):
                earlier.unlink()
        reason = _obstacle()
        if not reason:
            folder = root if is_in_place else Path(tempfile.mkdtemp(prefix="mvenv-accelerator-"))
            try:
                file = compiled(root, folder)
            except Exception as error:  # noqa: BLE001 - no compiler, no headers: each tells it in its own way
                reason = f"{type(error).__name__}: {error}"
            else:
                if not is_in_place:
                    build_data["force_include"][str(file)] = file.relative_to(folder).as_posix()
                    build_data["pure_python"] = False
                    build_data["tag"] = f"cp311-abi3-{_platform()}"
        if reason:
            self.app.display_warning(f"mvenv is built without its accelerator, which is optional: {reason}")


def _obstacle() -> str:
    if os.environ.get("MVENV_NO_ACCELERATOR"):
        return "MVENV_NO_ACCELERATOR is set"
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "it is for CPython with a global interpreter lock"
    return "it is not for Windows" if sys.platform == "win32" else ""


def compiled(root: Path, folder: Path) -> Path:
    """Compile the extension module, and return its file, in *folder* where its package says.

    :raises Exception: what setuptools and the compiler raise.
    """
    from setuptools import Distribution, Extension  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from setuptools.command.build_ext import build_ext  # type: ignore[import-untyped, import-not-found, unused-ignore]

    extension = Extension(
        MODULE,
        [str(root / SOURCE)],
        define_macros=[("Py_LIMITED_API", LIMITED_API)],
        extra_compile_args=["-g0"],
        py_limited_api=True,
    )
    command = build_ext(Distribution({"name": "mvenv", "ext_modules": [extension]}))
    with tempfile.TemporaryDirectory(prefix="mvenv-accelerator-") as objects:
        command.build_temp, command.build_lib = objects, str(folder)
        command.ensure_finalized()
        command.run()
    name: str = command.get_ext_filename(MODULE)
    return folder / name


def _platform() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
