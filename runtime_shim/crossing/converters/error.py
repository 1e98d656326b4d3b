"""The error of a conversion that is not possible."""

from __future__ import annotations


class ConversionError(TypeError):
    """An object cannot be carried to another version: which object, from where, to where, why, what to do."""


class Absent(Exception):  # noqa: N818 - says what is the case; becomes part of a ConversionError
    """The target has nothing under a name; the text says why, as the end of a sentence."""
