"""Links and anchors: pages are written to be read in the repository, and have other places in the site."""

from __future__ import annotations

import posixpath
import re

FOLDER = "project"
"""In the site: where the pages are that lie beside the folder of the documentation in the repository."""
BESIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
"""Their names in the repository."""

_LINK = re.compile(r"(?P<before>\[[^\]]*\]\()(?P<file>[^)\s#:]+)(?P<rest>[)#])")
_FENCED = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)", re.MULTILINE | re.DOTALL)
# GitHub wants a bar in a cell escaped in code, too; the generator shows the backslash there.
_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
# What is as far to the right as the text of a list's item goes on with that; the generator wants four spaces.
_BELOW_ITEM = re.compile(r"^ {2,3}(?=\S)", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_LOADED = re.compile(
    r"<(?:script|img|iframe|link(?! rel=.canonical.))\b[^>]*?\b(?:src|href)=[\"']?(?P<url>(?:https?:)?//[^\"'\s>]+)"
)


def as_in_the_site(text: str, page: str) -> str:
    """Return a page's Markdown as the generator has to have it: links lead to places in the site.

    :param page: the page's place in the site, ``decisions/the-lock.md``.
    """
    in_repository = posixpath.join("docs", page)
    if posixpath.dirname(page) == FOLDER:
        in_repository = posixpath.basename(page)

    def changed(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(in_repository), link["file"]))
        place = posixpath.join(FOLDER, target) if target in BESIDE else posixpath.relpath(target, "docs")
        own = posixpath.relpath(place, posixpath.dirname(page) or ".")
        return f"{link['before']}{own}{link['rest']}"

    def prose(part: str) -> str:
        return _BELOW_ITEM.sub("    ", _ROW.sub(_without_backslashes, _LINK.sub(changed, part)))

    parts, end = [], 0
    for code in _FENCED.finditer(text):
        parts += [prose(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, prose(text[end:])])


def _without_backslashes(table_row: re.Match[str]) -> str:
    return _CODE.sub(lambda code: code[0].replace("\\|", "|"), table_row[0])


def anchor(heading: str, _: str = "-") -> str:
    """Return the name of a heading as a target of links, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def loaded_from_the_network(page: str) -> list[str]:
    """Return what a page of HTML has a browser load from elsewhere."""
    return [found["url"] for found in _LOADED.finditer(page)]
