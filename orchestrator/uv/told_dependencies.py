"""What releases depend on, as far as uv's log tells while it looks for a resolution.

uv says what each release that it tries adds, whether that leads to a resolution or not: facts of the release for this
interpreter, like those that its explanations rest on (:mod:`orchestrator.uv.derivation`).
"""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from orchestrator.uv.derivation import Dependence, Term

# Of a logger that speaks anyway (`compile_output.TELLING_OF_FILES`). What holds under a marker alone has braces.
_ADDING = re.compile(
    r"^DEBUG Adding transitive dependency for (?P<requirer>[\w.-]+(?:\[[^\]]*\])?)==(?P<version>[\w.!+-]+): "
    r"(?P<wanted>[\w.-]*\w(?:\[[^\]]*\])?)(?P<ranges>\*|[<>=!][^{}\n]*)$",
    re.MULTILINE,
)
_PART = re.compile(r"(?:>=|<=|>|<|==|!=)[\w.!-]+(?:\+[\w.]+)?")
# `>=1.0, <1.0+`: the release 1.0 and what somebody has built of it, which is what `==1.0` means.
_PIN = re.compile(r">=(?P<version>[\w.!-]+),<(?P=version)\+")


def told_dependencies(log: str) -> tuple[Dependence, ...]:
    """Return what a log of uv's says that releases depend on; what PEP 440 has no words for is left out."""
    found: dict[Dependence, None] = {}
    for match in _ADDING.finditer(log):
        bounds = [_bound(text) for text in match["ranges"].split(" | ")]
        if None not in bounds:
            requirer = _term(match["requirer"], f"=={match['version']}")
            wanted = tuple(_term(match["wanted"], bound) for bound in bounds if bound is not None)
            found[Dependence((requirer,), wanted)] = None
    return tuple(found)


def _bound(text: str) -> str | None:
    """Return a range in the words of PEP 440, None if it cannot be said in them."""
    if text == "*":
        return ""
    parts = text.replace(", ", ",").strip()
    pin = _PIN.fullmatch(parts)
    if pin is not None:
        return f"=={pin['version']}"
    return parts if all(_PART.fullmatch(part) for part in parts.split(",")) else None


def _term(name: str, bound: str) -> Term:
    return Term(canonicalize_name(name.partition("[")[0]), name + bound, bound)
