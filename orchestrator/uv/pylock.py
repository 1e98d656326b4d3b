"""Asking uv for the files of what is pinned, in the standard form (PEP 751)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.errors import ResolutionError
from orchestrator.system.scratch import temporary_folder
from orchestrator.uv import cached, failure, request_files
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


def pylock(pins: Mapping[str, Pin], project: Project, interpreter: Interpreter) -> str:
    """Return *pins* with the files and hashes of each in the standard form (PEP 751), local paths absolute.

    :raises ResolutionError: the index does not say.
    """
    with temporary_folder() as folder:
        output = folder / "pylock.toml"
        written = request_files.write_pins(folder, project, pins)
        files = [argument for argument in written if argument != "--requirements"]
        arguments = ["pip", "compile", *files, "--format", "pylock.toml", "--output-file", str(output)]
        arguments += ["--no-deps", "--no-header", "--quiet", "--python", interpreter.executable]
        answer = cached.complete_answer(arguments, cwd=project.root) or run(arguments, cwd=project.root)
        if answer.code == 0:
            return output.read_text("utf-8")
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
