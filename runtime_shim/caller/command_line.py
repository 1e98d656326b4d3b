"""Code that a person gives on a tool's command line: ``python -m debugpy … -c CODE``.

Tools mostly run it as ``__main__``. debugpy runs it in empty globals (``eval(code, {})``), in which libraries run what
they generate, too; so it is told by its text.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import CodeType

_MOST_REMEMBERED = 256

_texts = [text for option, text in zip(sys.orig_argv[1:], sys.orig_argv[2:], strict=False) if option == "-c"]
_known: dict[CodeType, bool] = {}


def has(code: CodeType) -> bool:
    """Whether a module's code is what an option ``-c`` on the command line of this process says."""
    if not _texts or code.co_name != "<module>":
        return False
    found = _known.get(code)
    if found is None:
        found = any(_compiled(text, code.co_filename) == code for text in _texts)
        if len(_known) < _MOST_REMEMBERED:
            _known[code] = found
    return found


def _compiled(text: str, filename: str) -> CodeType | None:
    try:
        return compile(text, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
