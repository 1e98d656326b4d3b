"""The part of the shim's tests that reads frames and C stacks, and imports in all forms."""

from __future__ import annotations

from tests.shim.test_evaluation_loop import test_by_every_instruction  # noqa: F401
from tests.shim.test_extension_imports import *  # noqa: F403
from tests.shim.test_import_forms import *  # noqa: F403
from tests.shim.test_sys_modules import *  # noqa: F403
