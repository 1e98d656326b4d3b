"""The names of the files and folders that mvenv makes in a project, and the numbers of their forms."""

from __future__ import annotations

import re

APPLICATION_FOLDER = ".venv"
"""In the project: the application environment."""
MODULES = "py_modules"
"""In the project: the isolated environments."""
RECORD = "mvenv.json"
"""In the application environment: the record of the build (:mod:`orchestrator.state.record`). In others: their mark
(:mod:`orchestrator.environments.marking`)."""
OVERRIDES = "custom_dependencies_versions.json"
"""In the project and beside ``site-packages``: which distribution shall use which version of another."""
LOCK = "mvenv.lock"
"""In the project: what was resolved (:mod:`orchestrator.lock`)."""

# What `stage` calls an application environment in the making, and `replace_folder` one on its way out. Users
# have environments of their own beside `.venv` (`.venv-3.12`).
UNFINISHED = re.compile(r"\.venv-(?:[0-9a-f]{8}|old)-\d+")

# Another number is another form: what has another number is not read.
RECORD_SCHEMA = 1
GRAPH_SCHEMA = 3
"""Of the document that ``mvenv graph --format json`` prints, and a record holds."""
