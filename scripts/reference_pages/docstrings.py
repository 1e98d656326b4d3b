"""What is said of the fields of a class, in the string that follows each."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap


def of_fields(kind: type) -> dict[str, str]:
    """Return the docstrings of a class's fields, inherited ones too, by their names; one line each."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    # Not by `__mro__`: that of a typed dictionary does not have what it extends.
    for base in definition.bases:
        inherited = getattr(sys.modules[kind.__module__], base.id) if isinstance(base, ast.Name) else None
        if isinstance(inherited, type) and inherited.__module__.startswith("orchestrator"):
            found |= of_fields(inherited)
    for field, after in zip(definition.body, definition.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[field.target.id] = " ".join(str(after.value.value).split())
    return found


def of_class(kind: type) -> str:
    """Return a class's own docstring as one line."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())
