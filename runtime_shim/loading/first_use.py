"""Starting an environment: what an interpreter of its own would have done at start-up, when it is first used."""

from __future__ import annotations

import os
import sys

from runtime_shim.caller import c_stack
from runtime_shim.caller.acting import act_for
from runtime_shim.caller.files import code_files
from runtime_shim.model import exclusion
from runtime_shim.modules import introspection, turns
from runtime_shim.modules.keys import key_for
from runtime_shim.modules.rekeying import name_by_key, rekey_new_modules
from runtime_shim.views import own_changes

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment
    from runtime_shim.modules.keys import Key

# What setuptools writes into `*-nspkg.pth` (`_nspkg_tmpl` in its namespaces.py) to make a namespace package.
_NAMESPACE = "sys.modules.setdefault('"
_NAMESPACE_BY_KEY = "sys.modules.setdefault(namespace_key"  # a local variable of `_execute`
_HAS_START_FILES = sys.version_info >= (3, 15)


def start(environment: Environment) -> None:
    """Run the ``import`` lines of the environment's ``.pth`` files, once, when it is first used.

    And from 3.15 on the entry points of its ``.start`` files. :mod:`site` does it for an ordinary environment at
    interpreter start-up. The path lines are in ``import_map.json`` already. Failures are reported on stderr and do not
    stop anything, as there; but where the program has no memory or stack left, it is done once again.
    """
    if not (environment.is_started or environment.is_application):
        # The lines import: with the import lock held, while another thread imports the same, both would wait for ever.
        exclusion.without_import_lock(lambda: _start(environment))


def _start(environment: Environment) -> None:
    """Do it in one thread, while others wait, but for those that this one waits for, and for what the lines import."""
    c_stack.load()
    starting = turns.of(f"start of {environment.name}")
    if starting.here() is not None:
        return
    visit = starting.begin(starting.wait(object()))
    try:
        if not (environment.is_started or starting.elsewhere()):
            _run_lines(environment)
            environment.is_started = True
    finally:
        starting.leave(visit)


def _run_lines(environment: Environment) -> None:
    introspection.install()
    c_stack.start(code_files.environment_of)
    if environment.over is not None:  # the .pth files are its business
        start(environment.over)
        return
    site_packages = environment.paths[0]
    try:
        names = sorted(name for name in os.listdir(site_packages) if name.endswith((".pth", ".start")))
    except OSError:
        return
    earlier = own_changes.before()
    starters = [name for name in names if name.endswith(".start") and _HAS_START_FILES]
    for name in names:
        # A .start file of the same name is there instead of the lines, for those who know it (PEP 829).
        if name.endswith(".pth") and name != "_virtualenv.pth" and f"{name[:-4]}.start" not in starters:
            _run_pth(os.path.join(site_packages, name), site_packages, environment)
    for name in starters:
        _run_entry_points(os.path.join(site_packages, name), environment)
    own_changes.after(earlier, environment)
    rekey_new_modules(environment)  # namespace .pth files put modules into sys.modules


def _run_pth(path: str, site_packages: str, environment: Environment) -> None:
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        lines = [line for line in file if line.startswith(("import ", "import\t"))]
    for line in lines:
        package = line.partition(_NAMESPACE)[2].partition("'")[0]
        if environment.is_split(package):
            continue  # it would be one with this environment's portions alone
        key = None
        if package and environment.owners[package] is environment:
            # Under a plain name other threads would find it until it is rekeyed, and then no more.
            key = key_for(environment, package)
            line = line.replace(f"{_NAMESPACE}{package}'", _NAMESPACE_BY_KEY)
        try:
            # Namespace .pth files read `sitedir` from this frame, as they would from site.addpackage's.
            _execute(compile(line, path, "exec"), site_packages, key)
            if key is not None:
                name_by_key(sys.modules.get(key), key)
        except (MemoryError, RecursionError):
            raise  # of the program that is in the way: the next import starts anew
        except Exception as error:  # noqa: BLE001 - whatever the line raises, the program goes on
            sys.stderr.write(f"Error processing line in {path}: {type(error).__name__}: {error}\n")


def _run_entry_points(path: str, environment: Environment) -> None:
    import pkgutil  # for projects with such files
    from functools import partial

    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError):  # as in `site._read_pthstart_file`
        return
    for line in lines:
        if line and not line.startswith("#"):
            try:
                act_for(environment, partial(pkgutil.resolve_name, line, strict=True))()  # type: ignore[call-arg]
            except (MemoryError, RecursionError):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it raises, the program goes on
                sys.stderr.write(
                    f"Error in entry point {line} from {path}: {type(error).__name__}: {error}\n"
                )


def _execute(code: Any, sitedir: str, namespace_key: Key | None) -> None:  # noqa: ARG001 - read through the frame
    exec(code)  # noqa: S102 - what site.addpackage does with the same line
