"""User names and passwords in URLs: taken out of everything that mvenv keeps or shows, put back where uv asks.

A direct URL may hold them (``https://joe:secret@host/x.whl``, a token for a user name). They stay where the person has
written them, in ``pyproject.toml`` (or in uv's places: netrc, a keyring, the environment); a lock is shared, and so is
the text of an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A `@` behind the first slash is no end of a user: `git+https://host/repository@revision`. Schemes are short; without a
# bound each letter of a long word would be tried as the beginning of one that reaches to its end.
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30})://(?:(?P<user>[^/\s?#\"'`<>]*)@)?(?P<rest>[^\s\"'`<>]*)"
)


def without(text: str) -> str:
    """Return *text* with no user or password in its URLs; of SSH the user stays, who is part of the place (``git``)."""
    return text if "@" not in text else _URL.sub(_bare, text)


def collected(value: object) -> dict[str, str]:
    """Return the users and passwords in all URLs below a value of a TOML document: place → ``user:password``."""
    return {
        _place(match): match["user"]
        for text in _texts(value)
        for match in _URL.finditer(text)
        if match["user"] and _bare(match) != match.group()
    }


def restored(text: str, credentials: Mapping[str, str]) -> str:
    """Return *text* with the users and passwords that :func:`without` has taken out of its URLs.

    :param credentials: as :func:`collected` has them. A URL that is not among them stays as it is.
    """

    def whole(match: re.Match[str]) -> str:
        user = credentials.get(_place(match))
        return match.group() if user is None else f"{match['scheme']}://{user}@{match['rest']}"

    return _URL.sub(whole, text) if credentials else text


def _bare(match: re.Match[str]) -> str:
    user = match["user"]
    kept = f"{user.partition(':')[0]}@" if user and match["scheme"].endswith("ssh") else ""
    return f"{match['scheme']}://{kept}{match['rest']}"


def _place(match: re.Match[str]) -> str:
    """Return what is the same however uv writes a URL: no revision of a repository, which it adds."""
    scheme = match["scheme"].lower().removeprefix("git+")
    host, slash, path = match["rest"].partition("#")[0].partition("/")
    repository = path.partition("@")[0].rstrip("/").removesuffix(".git")
    return f"{scheme}://{host.lower()}{slash}{repository}"


def _texts(value: object) -> Iterator[str]:
    waiting = [value]  # no recursion: TOML may be nested deeply
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
