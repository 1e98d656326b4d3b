"""Distributions of which every side needs a copy of its own, although one version does for all.

They keep a register of what their callers hand them, by name. Where two copies of a distribution register in one such
register, the second meets the entries of the first. So it is *doubled*: installed once for each of them, in the same
version, with files of its own; and so is whatever depends on it.

Every pair in `seen_with` was installed in one project and used in one process, with the shared one doubled and without.
Whatever reads entry points is found by its source instead (:mod:`orchestrator.install.registering`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registry:
    """A distribution that keeps a register of its callers' things."""

    shared: str
    """Its canonical name."""
    registers: str
    """What is registered in it, Markdown; without a full stop."""
    otherwise: str
    """What happens to the second copy of what registers there if there is one register for both."""
    registrants: tuple[str, ...] = ()
    """Who registers: canonical names."""
    files: str = ""
    """Whoever has a file of this pattern (`fnmatch`) registers; empty for nobody."""
    anybody: bool = False
    """Whether everything that depends on it registers."""
    with_entry_points: bool = False
    """Whether everything registers that depends on it and declares entry points other than scripts."""
    seen_with: tuple[str, ...] = ()


REGISTRIES = (
    Registry(
        "protobuf",
        "message types (`*_pb2.py`), by the names of their `.proto` files",
        "the import ends in `TypeError: Couldn't build proto file into descriptor pool: duplicate file name …`",
        registrants=("onnx", "tensorflow", "tensorflow-cpu"),
        files="*_pb2.py",
        seen_with=("onnx 1.15.0, 1.17.0", "tensorflow-cpu 2.15.1, 2.18.0"),
    ),
    Registry(
        "catalogue",
        "functions, by a path such as `spacy, factories`",
        "the import ends in `ValueError: [E004] Can't set up pipeline component: a factory for 'attribute_ruler' "
        "already exists`",
        anybody=True,
        seen_with=("spacy 3.6.1, 3.7.2",),
    ),
    Registry(
        "stevedore",
        "entry points, by their group",
        "it loads the plug-ins of the copy that asked first: `Invalid plugin name default for stage routing`",
        with_entry_points=True,
        seen_with=("qiskit 1.2.4, 2.0.0",),
    ),
)
