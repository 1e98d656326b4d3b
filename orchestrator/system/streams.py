"""Standard streams that cannot hold every character: pipes on Windows (code page 1252), locales of one byte each.

Nobody's output ends in a traceback for a line that is drawn. Lines and arrows have a plain form. Everything else is
written as JSON has it in a string, ``\\u2192``: a document for programs stays what it is.
"""

from __future__ import annotations

import codecs
import io
import sys

_HANDLER = "mvenv.plain"
_PLAIN = str.maketrans(
    {
        "└": "`",
        "├": "|",
        "│": "|",
        "─": "-",
        "→": "->",
        "…": "...",
        "·": "*",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{EN DASH}": "-",
        "╰": "`",
        "▶": ">",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)


def accept_all_characters() -> None:
    """Let the standard streams of this process take whatever is written to them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            codecs.register_error(_HANDLER, plain)
            stream.reconfigure(errors=_HANDLER)


def plain(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that an encoding does not have (:func:`codecs.register_error`)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    return "".join(one if one.isascii() else _escaped(one) for one in text), error.end


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
