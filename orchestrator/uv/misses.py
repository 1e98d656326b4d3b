"""What uv's cache did not hold when it was asked alone: only its log tells of all of it."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

# The loggers of uv that tell of a cache miss, in the form of `RUST_LOG`, and what they say then. Offline, uv takes
# a release that it knows nothing of for one that does not exist, and answers with an older one as if all was well.
TELLING_OF_MISSES = ("uv_client=debug", "uv_resolver=warn")
_MISS = re.compile(r"^WARN .* needs to be downloaded|^DEBUG Sending fresh ", re.MULTILINE)
_PAGE = re.compile(r"^DEBUG (?P<verb>Sending|Found) .* for: \S+/(?P<name>[^/\s]+)/$", re.MULTILINE)
# What uv concludes from a page that is missing, of a requirement with an extra or a marker.
_OF = r"(?:\[[^\]]*\])?(?:\{[^}]*\})?"
_NONE_AT_ALL = re.compile(
    rf"\bthere (?:is|are) no versions? of (?P<none>[\w.-]*\w){_OF}\S*"
    rf"|\bonly (?P<one>[\w.-]*\w){_OF}\S* is available"
    rf"|\bonly the following versions of (?P<some>[\w.-]*\w){_OF} are available:(?:\s+(?P=some){_OF}[<>=!]\S*)+"
)


def missed_the_cache(log: str) -> bool:
    """Tell whether an offline answer lacks something that the index might have; see `TELLING_OF_MISSES`."""
    return bool(_MISS.search(log))


def fell_through(log: str) -> bool:
    """Tell whether uv took a distribution from one index although the cache did not hold what another says of it.

    Offline, uv goes on to the next index then, and what it states may be of a namesake.
    """
    pages: dict[str, set[str]] = {"Sending": set(), "Found": set()}
    for match in _PAGE.finditer(log):
        pages[match["verb"]].add(match["name"])
    return not pages["Sending"].isdisjoint(pages["Found"])


def with_misses(stderr: str, log: str) -> str:
    """Return an explanation that was given offline, saying what the cache did not hold also where uv does not.

    Of a distribution without a page in the cache, uv says so itself if it is asked for by its name alone. With an extra
    or a marker, it says that there is no version.
    """
    missed = {canonicalize_name(match["name"]) for match in _PAGE.finditer(log) if match["verb"] == "Sending"}

    def told(match: re.Match[str]) -> str:
        name = match[match.lastgroup or 0]
        return f"{name} was not found in the cache" if canonicalize_name(name) in missed else match[0]

    return _NONE_AT_ALL.sub(told, stderr)
