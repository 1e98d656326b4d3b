"""The system that this process runs on: one of the modules that tell where things lie and how processes are ended.

What differs between systems is in those modules and nowhere else in this package.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from orchestrator.system.windows import (
        CREATION_FLAGS,
        NEW_SESSION,
        PYTHON,
        SCRIPTS,
        SITE_PACKAGES,
        become,
        command_name,
        end_session,
        exchange,
        file_names,
        interpreter_behind,
        is_path,
        is_running,
        place_link,
        reflink,
        session_is_there,
        versioned_name,
    )
else:
    from orchestrator.system.posix import (
        CREATION_FLAGS,
        NEW_SESSION,
        PYTHON,
        SCRIPTS,
        SITE_PACKAGES,
        become,
        command_name,
        end_session,
        file_names,
        interpreter_behind,
        is_path,
        is_running,
        place_link,
        session_is_there,
        versioned_name,
    )

    if sys.platform == "darwin":
        from orchestrator.system.macos import exchange, reflink
    else:
        from orchestrator.system.posix import exchange, reflink

__all__ = [
    "CREATION_FLAGS",
    "NEW_SESSION",
    "PYTHON",
    "SCRIPTS",
    "SITE_PACKAGES",
    "become",
    "command_name",
    "end_session",
    "exchange",
    "file_names",
    "interpreter_behind",
    "is_path",
    "is_running",
    "place_link",
    "reflink",
    "session_is_there",
    "versioned_name",
]
