"""The names of the files and folders that mvenv makes in a project."""

from __future__ import annotations

import re

RECORD = "mvenv.json"
"""In every environment: what it was made for (:mod:`orchestrator.state.record`)."""
OVERRIDES = "custom_dependencies_versions.json"
"""In the project and beside ``site-packages``: which distribution shall use which version of another."""
LOCK = "mvenv.lock"
"""In the project: what was resolved (:mod:`orchestrator.lock`)."""

# What `stage` calls an application environment in the making, and `replace_folder` one on its way out. Users
# have environments of their own beside `.venv` (`.venv-3.12`).
UNFINISHED = re.compile(r"\.venv-(?:[0-9a-f]{8}|old)-\d+")
