"""HTML in which nothing but what is meant is markup."""

from __future__ import annotations

from html import escape

_EMPTY = frozenset({"input", "br"})


class Html(str):
    """A text that is HTML already; any other ``str`` is escaped when it becomes part of one."""

    __slots__ = ()


def html(*parts: str) -> Html:
    """Return texts and HTML one after the other, as HTML."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def element(tag: str, *content: str, **attributes: str | int | bool | None) -> Html:
    """Return an element: ``element("label", "Find", for_="find")``.

    :param attributes: of ``aria_label`` comes ``aria-label``, of ``class_`` ``class``; True is an attribute without a
        value, False or None none.
    """
    given = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{tag}{given}>" + ("" if tag in _EMPTY else f"{html(*content)}</{tag}>"))
