"""Wheels for what reads code without running it: one library in two typed versions, and all that lies beside it.

The application has `kit` 2, `needs-one` has `kit` 1. `portion-one` and `portion-two` are portions of the namespace
package `space` in different environments, `portion-shared` one that both sides have. `bare` is untyped, `types-bare`
its stubs; both need `kit` 2, and so lie in an environment.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.wheels import Index

DIRECT = (
    "kit==2",
    "needs-one",
    "needs-two",
    "portion-one",
    "portion-two",
    "portion-shared",
    "bare",
    "types-bare",
)
ALIASES = """
    [tool.mvenv.aliases]
    kit1 = "kit==1"
    """

# The package imports itself by its own name: under another one a link would lead to the application's version.
_INIT = "from kit.core import Kit as Kit, make as make\nimport kit.late as _late\n\nLATE: str = _late.NAME\n"
_CORE = """
import kit

class Kit:
    def @@(self) -> int:
        return 0

def make() -> 'kit.Kit':
    return kit.Kit()

mistake: int = "what a checker would tell of"
"""
_TESTS = """
def test_what_nobody_asks_for() -> None:
    assert not "collected"
"""


def publish(index: Index) -> None:
    """Add the wheels to an index."""
    for version, method in (("1", "first"), ("2", "second")):
        files = {
            "kit/__init__.py": _INIT,
            "kit/core.py": textwrap.dedent(_CORE).replace("@@", method),
            "kit/late.py": f"NAME: str = {method!r}\n",
            "kit/plain/__init__.py": "",
            "kit/test_kit.py": _TESTS,
            "kit/py.typed": "",
        }
        index.add("kit", version, files=files)
    for name, version in (("one", "1"), ("two", "2")):
        source = "import kit\n\n\ndef made() -> kit.Kit:\n    return kit.Kit()\n"
        files = {f"needs_{name}/__init__.py": source, f"needs_{name}/py.typed": ""}
        index.add(f"needs-{name}", "1", requires=[f"kit=={version}"], files=files)
        _portion(index, name, [f"kit=={version}"])
    _portion(index, "shared", [])
    index.add("bare", "1", requires=["kit==2"], files={"bare/__init__.py": "def answer():\n    return 42\n"})
    stubs = {"bare-stubs/__init__.pyi": "def answer() -> int: ...\n"}
    index.add("types-bare", "1", requires=["kit==2"], files=stubs)


def _portion(index: Index, name: str, requires: list[str]) -> None:
    files = {f"space/{name}/__init__.py": f"NAME: str = {name!r}\n", f"space/{name}/py.typed": ""}
    index.add(f"portion-{name}", "1", requires=requires, files=files)
