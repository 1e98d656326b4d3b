"""The names of the files and folders that mvenv makes in a project, and the numbers of their forms."""

from __future__ import annotations

APPLICATION_FOLDER = ".venv"
"""In the project: the application environment."""
MODULES = "py_modules"
"""In the project: the isolated environments."""
RECORD = "mvenv.json"
"""In the application environment: the record of the build (:mod:`orchestrator.state.record`). In others: their mark
(:mod:`orchestrator.environments.marking`)."""
VENV_CONFIGURATION = "pyvenv.cfg"
"""In every environment: makes it one (PEP 405)."""
SHIM = "runtime_shim"
"""In ``site-packages`` of the application environment, where there is a conflict."""
IMPORT_MAP = "import_map.json"
"""In the shim's folder: who sees what (:mod:`orchestrator.manifest.import_map`)."""
PTH = "_mvenv.pth"
"""In every ``site-packages``: starts the shim, or says which other folders a plain interpreter sees."""
STATIC_VIEW = "static_view"
"""Beside ``site-packages`` of the application environment: its view, as links
(:mod:`orchestrator.install.static_view`)."""
VERSIONED = "versioned_packages.json"
"""Beside ``site-packages``: which distributions there are several of."""
DEFAULTS = "default_dependencies_versions.json"
"""Beside ``site-packages``: which version each of them uses of the others."""
OVERRIDES = "custom_dependencies_versions.json"
"""In the project and beside ``site-packages``: which distribution shall use which version of another."""
LOCK = "mvenv.lock"
"""In the project: what was resolved (:mod:`orchestrator.lock`)."""
INPUTS = ("pyproject.toml", "uv.toml", ".python-version", OVERRIDES, LOCK)
"""In the project: the files that say what to build."""
INPUTS_ABOVE = ("pyproject.toml", "uv.toml", ".python-version")
"""In the folders above the project: the files that uv may find there if the project has none."""
FRESH = "mvenv.fresh"
"""In the application environment: when all was last seen to be fresh (:mod:`orchestrator.state.still_fresh`)."""

CACHE_TAG = "CACHEDIR.TAG"
"""In a folder that can be made again, so that backups pass it over (the Cache Directory Tagging Specification)."""
CACHE_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
"""How that file begins."""

BUILD_LOCK = ".mvenv-build.lock"
"""In the project, while a build is at work: what another one waits for (:mod:`orchestrator.system.build_mutex`)."""

# What `stage` calls an application environment in the making, and `put_in_place` one on its way out. Users
# have environments of their own beside `.venv` (`.venv-3.12`).
UNFINISHED = r"\.venv-(?:[0-9a-f]{8}|old)-\d+"  # a pattern; compiling it would be part of every start
# What a file is called until it takes its place; no user's file has such a name.
IS_TEMPORARY = (
    r"\.(?:pyproject\.toml|pylock(?:\.[\w-]+)?\.toml|uv\.toml|mvenv\.(?:lock|json|fresh)|custom_dependencies_versions\.json)"
    r"\.(?P<process>\d+)"
)

# The numbers of the forms of files and documents: another number is another form.
RECORD_SCHEMA = 3
LOCK_FORMAT = 3
"""Raised when an older mvenv could no longer read what a newer one writes; earlier ones are read."""
SEVERAL_SINCE = 3
"""The first format of a lock that holds the answers for several environments."""
SECTIONS_SINCE = 2
"""The first format of a lock that holds all dependency groups and extras, and says what belongs to which. It is what
is written for one environment, so that an older mvenv reads it."""
NATIVE_FORMAT = 1
"""Part of every environment's digest: those whose libraries an older way has kept apart are made anew."""

# Of the documents that commands print for programs. The import map's number is the shim's.
GRAPH_SCHEMA = 3
"""A record holds this one, too."""
WHY_SCHEMA = 2
TREE_SCHEMA = 1
LIST_SCHEMA = 1
OUTDATED_SCHEMA = 1
DOCTOR_SCHEMA = 1
DRY_RUN_SCHEMA = 1
LOCKED_SCHEMA = 1
PACK_SCHEMA = 1
