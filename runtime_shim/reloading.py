"""``runtime_shim.reload()``: take over a new build in a running interpreter."""

from __future__ import annotations

import importlib
import sys

from runtime_shim.loading import staying
from runtime_shim.model import import_map
from runtime_shim.model.environment import known
from runtime_shim.modules import rekeying
from runtime_shim.runtime import runtime
from runtime_shim.views import sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any


def reload() -> None:
    """Read ``import_map.json`` again: for an interactive session, after ``mvenv build`` in another terminal.

    What is imported from now on is what the new build says. Modules that are loaded stay as they are and go on
    with the view they had; a library that moved to a new environment is loaded anew from there when it is
    next imported, and to use it that way the session has to import it again.

    :raises runtime_shim.model.import_map.ManifestError: if the map cannot be used; nothing has changed then.
    """
    document, root = runtime.read()
    staying.begin_anew(import_map.APPLICATION)
    before = set(known.versioned_import_names)
    runtime.update(document, root)
    sys_path.forget()
    pickles: Any = sys.modules.get("runtime_shim.crossing.pickles")
    if pickles is not None:
        pickles.forget()
    # Loaded while nobody disagreed about them: from now on the application's own.
    rekeying.give(known.versioned_import_names - before, known.application)
    importlib.invalidate_caches()
