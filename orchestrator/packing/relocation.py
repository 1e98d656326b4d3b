"""The script that tells an unpacked project where its Python is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.packing.model import File
from orchestrator.system.names import APPLICATION_FOLDER

if TYPE_CHECKING:
    from orchestrator.packing.base import Base

NAME = f"{APPLICATION_FOLDER}/bin/relocate"


def script(base: Base) -> File:
    """Return the script for environments that were made for *base*."""
    text = Path(__file__).with_name("relocate.sh").read_text("utf-8")
    return File(NAME, text.replace("@RELEASE@", base.release).replace("@ABI@", base.abi).encode(), True)
