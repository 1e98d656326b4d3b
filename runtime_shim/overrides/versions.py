"""The form of a version that compares: `1.0` and `1.0.0`, `2.0.0RC1` and `2.0.0rc1` are the same (PEP 440)."""

from __future__ import annotations

import re

# PEP 440, appendix B.
_VERSION = re.compile(
    r"""\s*v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)
    (?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>[0-9]+)?)?
    (?P<post>-(?P<post_short>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]+)?)?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_PRE = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


def canonical_version(text: str) -> str | None:
    """Return *text* in a form that is equal for equal versions; None if it is no version (PEP 440)."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    numbers = [_number(part) for part in found["release"].split(".")]
    while len(numbers) > 1 and numbers[-1] == "0":
        numbers.pop()
    epoch = _number(found["epoch"])
    word = ("" if epoch == "0" else f"{epoch}!") + ".".join(numbers)
    if found["pre"]:
        pre = found["pre"].lower()
        word += _PRE.get(pre, pre) + _number(found["pre_number"])
    if found["post"]:
        word += ".post" + _number(found["post_short"] or found["post_number"])
    if found["dev"]:
        word += ".dev" + _number(found["dev_number"])
    if found["local"]:
        parts = re.split(r"[-_.]", found["local"].lower())
        word += "+" + ".".join(_number(part) if part.isdigit() else part for part in parts)
    return word


def same_version(one: str, other: str) -> bool:
    """Whether two texts are the same version; texts that are none are compared as they are."""
    return (canonical_version(one) or one) == (canonical_version(other) or other)


def _number(digits: str | None) -> str:
    """Return a number without leading zeros (no `int`: it refuses thousands of digits)."""
    return (digits or "0").lstrip("0") or "0"
