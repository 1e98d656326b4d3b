"""When an answer of uv's cache alone is one of the index. The texts are uv 0.13's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from orchestrator.config.project import load_project
from orchestrator.errors import ResolutionError
from orchestrator.resolution import resolver as resolver_module
from orchestrator.resolution.proof_check import excludes
from orchestrator.resolution.resolver import Resolver
from orchestrator.uv import cached
from orchestrator.uv.interpreter import Interpreter
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal
from orchestrator.uv.run import UvAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE_FOUND = "DEBUG Found fresh response for: https://one.example/index/a/\n"
PAGE_MISSED = "DEBUG Sending fresh GET request for: https://one.example/index/{}/\n"
RELEASE_MISSED = """\
DEBUG Sending fresh HEAD request for: https://one.example/b-2.0-py3-none-any.whl
WARN `b==2.0` needs to be downloaded from a registry
WARN b needs to be downloaded from a registry
"""
NO_PAGE = """\
error: No solution found when resolving dependencies
  cause: Because there is no version of b[extra]==1.0 and a==1.0 depends on b[extra]==1.0, we can conclude that \
a==1.0 cannot be used.
         And because mvenv-question depends on a==1.0, we can conclude that your requirements are unsatisfiable.
"""
FACTS = """\
error: No solution found when resolving dependencies
  cause: Because a==1.0 depends on low<2 and c==1.0 depends on low>=2, we can conclude that a==1.0 and c==1.0 are \
incompatible.
         And because mvenv-question depends on a==1.0 and c==1.0, we can conclude that your requirements are \
unsatisfiable.
"""
UNCACHED = """\
error: No solution found when resolving dependencies
  cause: Because b was not found in the cache and mvenv-question depends on b, we can conclude that your \
requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages \
may only be read from the cache.
"""
NO_NETWORK = (
    "error: Request failed after 3 retries\n  cause: Failed to fetch: `https://one.example/index/a/`\n"
)


@pytest.mark.parametrize(
    ("code", "log", "said", "counts"),
    [
        (0, PAGE_FOUND, "", True),
        (0, PAGE_FOUND + PAGE_MISSED.format("b"), "", False),
        (0, RELEASE_MISSED, "", False),
        (1, PAGE_FOUND, NO_PAGE, True),
        (1, PAGE_FOUND + PAGE_MISSED.format("b"), NO_PAGE, False),
        (1, RELEASE_MISSED, NO_PAGE, False),
        (1, PAGE_FOUND, FACTS, True),
        (1, PAGE_FOUND + PAGE_MISSED.format("b") + RELEASE_MISSED, FACTS, True),
        # `a` of a second index, while it is not known whether the first has one
        (1, PAGE_FOUND + PAGE_MISSED.format("a"), FACTS, False),
        (1, PAGE_MISSED.format("b"), UNCACHED, False),
        (1, "", UNCACHED, False),
        (2, "", "error: Failed to parse metadata\n", False),
    ],
)
def test_what_counts(
    code: int, log: str, said: str, counts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached, "run", lambda *_, **__: UvAnswer(code, "", said, log))
    answer = cached.resolution(
        ["pip", "compile"],
        cwd=tmp_path,
        is_proof=lambda proof: excludes(proof, map(Requirement, ("a==1.0", "c==1.0"))),
    )
    assert answer == (UvAnswer(code, "", said, log) if counts else None)
    known = cached.complete_answer(["pip", "install"], cwd=tmp_path)
    assert known == (UvAnswer(code, "", said, log) if counts and code == 0 else None)


def test_facts_must_exclude_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "run", lambda *_, **__: UvAnswer(1, "", FACTS, PAGE_MISSED.format("b")))
    assert (
        cached.resolution(
            ["pip", "compile"],
            cwd=tmp_path,
            is_proof=lambda proof: excludes(proof, map(Requirement, ("a", "c==1.0"))),
        )
        is None
    )


def resolver_with(folder: Path) -> Resolver:
    (folder / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n', "utf-8")
    return Resolver(load_project(folder / "pyproject.toml"), Interpreter("python3", (3, 11, 7), {}))


class Machine:
    """uv with a cache that holds everything, and an index that can be switched off."""

    def __init__(self) -> None:
        self.is_connected = True
        self.asked: list[str] = []

    def run(self, arguments: Sequence[str], **_: object) -> UvAnswer:
        offline = "--offline" in arguments
        self.asked.append("cache" if offline else "index")
        return UvAnswer(1, "", FACTS if offline or self.is_connected else NO_NETWORK)


def test_a_refresh_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_OFFLINE", raising=False)
    machine = Machine()
    for module in (cached, resolver_module):
        monkeypatch.setattr(module, "run", machine.run)
    resolver = resolver_with(tmp_path)
    one, other = Demand("a==1.0", "a", ()), Demand("c==1.0", "c", ())
    assert isinstance(resolver.resolve([one, other], {}), Refusal)
    machine.is_connected = False
    with pytest.raises(ResolutionError, match="cannot reach the package index"):
        resolver.refresh([[one]])
    assert isinstance(resolver.resolve([other], {}), Refusal)
    assert machine.asked == ["index", "index", "cache"]
