"""The hashes of what is pinned, as uv tells them.

They are those of the files that fit the interpreter's platform, and of the sdist. Measured: asking for all pins at
once takes 20 ms with a warm cache (the index' answers hold them), and installing with hashes downloads nothing that
is in uv's cache. ``--generate-hashes`` would take as long, and leave out what comes from folders of wheels.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import ResolutionError
from orchestrator.system.parallel import in_parallel
from orchestrator.uv import cached, failure, request_files
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


Hashes = dict[tuple[str, str], tuple[str, ...]]


def find(
    pins: Iterable[Pin],
    known: Mapping[tuple[str, str], tuple[str, ...]],
    project: Project,
    interpreter: Interpreter,
) -> Hashes:
    """Return the hashes of the files of *pins*: (canonical name, version) → hashes, sorted.

    Local projects and version control have none.

    :param known: what an earlier call found; it is not asked for again, so that a file that is exchanged later
        is noticed.
    :raises ResolutionError: the index does not say.
    """
    found: Hashes = {}
    unknown: dict[tuple[str, str], Pin] = {}
    for pin in pins:
        key = pin.name, pin.version
        if key in known:
            found[key] = known[key]
        elif _has_files(pin):
            unknown[key] = pin
    batches = list(_batches(unknown.values()))
    answers = in_parallel(lambda batch: read(pylock(batch, project, interpreter)), batches)
    for batch, told in zip(batches, answers, strict=True):
        found.update({(name, pin.version): told[name] for name, pin in batch.items() if told.get(name)})
    return dict(sorted(found.items()))


def _has_files(pin: Pin) -> bool:
    return pin.source is None and " @ git+" not in pin.specification


def _batches(pins: Iterable[Pin]) -> Iterator[dict[str, Pin]]:
    """Yield the pins so that no batch has two versions of a distribution, in as few batches as that takes."""
    versions: dict[str, list[Pin]] = defaultdict(list)
    for pin in pins:
        versions[pin.name].append(pin)
    for number in range(max(map(len, versions.values()), default=0)):
        yield {name: found[number] for name, found in versions.items() if len(found) > number}


def pylock(pins: Mapping[str, Pin], project: Project, interpreter: Interpreter) -> str:
    """Return *pins* with the files and hashes of each in the standard form (PEP 751), local paths absolute.

    :raises ResolutionError: the index does not say.
    """
    with tempfile.TemporaryDirectory(prefix="mvenv-") as folder:
        output = Path(folder) / "pylock.toml"
        written = request_files.write_pins(Path(folder), project, pins)
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


def read(text: str) -> dict[str, tuple[str, ...]]:
    """Read a ``pylock.toml``: canonical name → the hashes of all its files, sorted."""
    found: dict[str, tuple[str, ...]] = {}
    for package in tomllib.loads(text).get("packages", ()):
        files = [
            *package.get("wheels", ()),
            *(package[kind] for kind in ("sdist", "archive") if kind in package),
        ]
        hashes = {f"{kind}:{value}" for file in files for kind, value in file.get("hashes", {}).items()}
        found[canonicalize_name(package["name"])] = tuple(sorted(hashes))
    return found
