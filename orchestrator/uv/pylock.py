"""Asking uv for the files of what is pinned: in the standard form (PEP 751), or for the hashes of all of a release."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import ResolutionError
from orchestrator.system.credentials import without
from orchestrator.system.scratch import temporary_folder
from orchestrator.uv import cached, failure, request_files
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


# A line of uv's answer in the form of a requirements file, without comments.
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==")
_HASH = re.compile(r"--hash=(?P<hash>\w+:\w+)")


def pylock(pins: Mapping[str, Pin], project: Project, interpreter: Interpreter) -> str:
    """Return *pins* with the files and hashes of each in the standard form (PEP 751), local paths absolute.

    The files are those that the interpreter can install.

    :raises ResolutionError: the index does not say.
    """
    return _asked(pins, project, interpreter, "pylock.toml", "--format", "pylock.toml")


def hashes_of_all_files(
    pins: Mapping[str, Pin], project: Project, interpreter: Interpreter
) -> dict[str, frozenset[str]]:
    """Return the hashes that the index tells of all files of releases: canonical name → ``sha256:…``.

    Nothing is downloaded; folders of wheels, and indexes that tell none, are left out.

    :param pins: releases, of an index.
    :raises ResolutionError: the index does not say.
    """
    text = _asked(pins, project, interpreter, "hashes.txt", "--generate-hashes", "--no-annotate")
    found: dict[str, set[str]] = {}
    release: set[str] = set()
    for line in text.splitlines():
        if (pinned := _PINNED.match(line)) is not None:
            release = found.setdefault(canonicalize_name(pinned["name"]), set())
        release.update(_HASH.findall(line))
    return {name: frozenset(hashes) for name, hashes in found.items() if hashes}


def _asked(
    pins: Mapping[str, Pin], project: Project, interpreter: Interpreter, output_name: str, *options: str
) -> str:
    with temporary_folder() as folder:
        output = folder / output_name
        written = request_files.write_pins(folder, project, pins)
        files = [argument for argument in written if argument != "--requirements"]
        arguments = ["pip", "compile", *files, *options, "--output-file", str(output)]
        arguments += ["--no-deps", "--no-header", "--quiet", *interpreter.arguments]
        answer = cached.complete_answer(arguments, cwd=project.root) or run(arguments, cwd=project.root)
        if answer.code == 0:
            return without(output.read_text("utf-8"))  # uv writes passwords of indexes and URLs
    raise ResolutionError(
        "the index does not tell the hashes of what it offers",
        causes=failure.first_lines(answer.stderr),
        hints=("check the network and uv's index settings (`UV_INDEX_URL`, `uv.toml`, `[tool.uv]`)",),
    )


def batches(pins: Iterable[Pin]) -> Iterator[dict[str, Pin]]:
    """Yield the pins so that no batch has two versions of a distribution, in as few batches as that takes."""
    versions: dict[str, list[Pin]] = defaultdict(list)
    for pin in pins:
        versions[pin.name].append(pin)
    for number in range(max(map(len, versions.values()), default=0)):
        yield {name: found[number] for name, found in versions.items() if len(found) > number}
