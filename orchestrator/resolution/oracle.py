"""The oracle of the grouping: one question is one ``uv pip compile``."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import ResolutionError
from orchestrator.grouping import Verdict
from orchestrator.resolution import compiled, failure, question, uv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.resolution.interpreter import Interpreter
    from orchestrator.resolution.model import Resolution

PARALLEL_QUESTIONS = 4


class UvOracle:
    """Answers whether direct requirements go together, and with which pins.

    The first question goes to the index, so that the cache is fresh; the others are asked offline first,
    which is ten times faster, and online again if the cache could not answer.

    :param requirements: the direct requirements, in the order of the indices that questions use.
    :param clashes: pairs of distributions that write the same files: never together, whatever uv says.
    """

    def __init__(
        self,
        project: Project,
        requirements: Sequence[DirectRequirement],
        interpreter: Interpreter,
        clashes: Iterable[frozenset[str]] = (),
    ) -> None:
        self._project = project
        self._requirements = tuple(requirements)
        self._interpreter = interpreter
        self._clashes = tuple(clashes)
        self._cache_is_fresh = False
        self._folders = {
            source["path"]: name
            for name, source in project.uv_sources.items()
            if isinstance(source, dict) and "path" in source
        }

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        """Resolve *members* together.

        :raises ResolutionError: if the index cannot be reached.
        """
        chosen = [self._requirements[index] for index in sorted(members)]
        with tempfile.TemporaryDirectory(prefix="mvenv-") as folder:
            arguments = question.write(Path(folder), self._project, chosen, preferences)
            answer = self._compile(arguments)
            if answer.code != 0:
                return self._refusal(members, answer.stderr)
            text = (Path(folder) / question.OUTPUT).read_text("utf-8")
        resolution = compiled.parse(
            text, question=question.NAME, folders=self._folders, root=self._project.root
        )
        return self._judge(members, resolution)

    def ask_many(self, questions: Sequence[tuple[frozenset[int], Mapping[str, str]]]) -> list[Verdict]:
        """Answer several questions in parallel."""
        if len(questions) < 2 or not self._cache_is_fresh:
            return [self.ask(members, preferences) for members, preferences in questions]
        with ThreadPoolExecutor(PARALLEL_QUESTIONS) as pool:
            return list(pool.map(lambda asked: self.ask(*asked), questions))

    def union_is_satisfiable(self, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
        """Whether two complete resolutions make a joint one: same versions where they meet, and no clash."""
        if any(other.get(name, version) != version for name, version in one.items()):
            return False
        union = {*one, *other}
        return not any(
            pair <= union and not pair <= set(one) and not pair <= set(other) for pair in self._clashes
        )

    def _compile(self, arguments: list[str]) -> uv.Answer:
        arguments = [*arguments, "--python", self._interpreter.executable]
        if self._cache_is_fresh:
            answer = uv.run([*arguments, "--offline"], cwd=self._project.root)
            if answer.code == 0 or failure.kind(answer.stderr) is failure.Kind.UNSATISFIABLE:
                return answer
        answer = uv.run(arguments, cwd=self._project.root)
        if answer.code != 0 and failure.kind(answer.stderr) is failure.Kind.NETWORK:
            raise ResolutionError(
                "cannot reach the package index",
                causes=failure.first_lines(answer.stderr, 3),
                hints=(
                    "check the network and uv's index settings (`UV_INDEX_URL`, `uv.toml`, `[tool.uv]`)",
                    "set `UV_OFFLINE=1` to build from uv's cache alone",
                ),
            )
        self._cache_is_fresh = True
        return answer

    def _judge(self, members: frozenset[int], resolution: Resolution) -> Verdict:
        for clash in self._clashes:
            if clash <= resolution.pins.keys():
                parted = self._parted(members, resolution, clash)
                if parted:
                    one, other = sorted(clash)
                    return Verdict(
                        satisfiable=False,
                        suspects=parted,
                        reason=f"{one} and {other} provide the same module",
                    )
        return Verdict(
            satisfiable=True,
            pins={name: pin.version for name, pin in resolution.pins.items()},
            resolution=resolution,
        )

    def _parted(
        self, members: frozenset[int], resolution: Resolution, clash: frozenset[str]
    ) -> frozenset[int]:
        """Return members that bring the two sides of *clash*; empty if a single one brings both."""
        sides: list[int] = []
        reachable = {index: self._brings(index, resolution) for index in sorted(members)}
        if any(clash <= names for names in reachable.values()):
            return frozenset()
        for name in sorted(clash):
            sides += [index for index, names in reachable.items() if name in names][:1]
        return frozenset(sides)

    def _brings(self, index: int, resolution: Resolution) -> frozenset[str]:
        requirement = self._requirements[index]
        names = resolution.reachable(requirement.name)
        for addition in requirement.additions:
            names |= resolution.reachable(compiled.name_of(addition))
        return names

    def _refusal(self, members: frozenset[int], stderr: str) -> Verdict:
        if failure.kind(stderr) in (failure.Kind.UNSATISFIABLE, failure.Kind.OFFLINE):
            named = failure.suspects(stderr, question.NAME)
            return Verdict(
                satisfiable=False,
                suspects=frozenset(index for index in members if self._is_named(index, named)),
                reason=failure.reason(stderr, question.NAME),
            )
        return Verdict(satisfiable=False, reason="; ".join(failure.first_lines(stderr)))

    def _is_named(self, index: int, named: frozenset[str]) -> bool:
        requirement = self._requirements[index]
        return requirement.name in named or any(
            compiled.name_of(text) in named for text in requirement.additions
        )
