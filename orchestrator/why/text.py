"""The answer to ``mvenv why`` for people: one block a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.faults import join_words
from orchestrator.plan.model import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.why.model import Answer, Apart, Asked, Chain, Copy, Explained


def told(answer: Answer) -> str:
    """Return the answer as plain text, blocks divided by an empty line."""
    blocks = [
        "\n".join(_block(explained, copy, answer.project))
        for explained in answer.distributions
        for copy in explained.copies
    ]
    names = [explained.name for explained in answer.distributions]
    if names != [answer.name]:
        blocks.insert(0, f"`{answer.name}` is {join_words(names, 'and')}")
    return "\n\n".join(blocks)


def _block(explained: Explained, copy: Copy, project: str) -> Iterator[str]:
    shared = copy.environment == APPLICATION and len(copy.seen_by) > 1
    yield f"{explained.name} {copy.version}  in {copy.path}{', shared by all' if shared else ''}"
    if copy.chains:
        yield "  required by"
        yield from (f"    {_chain(chain, project)}" for chain in copy.chains)
    if copy.more_chains:
        others = "another direct requirement" if copy.more_chains == 1 else f"{copy.more_chains} others"
        yield f"    and by {others}"
    if copy.follows:
        yield f"  isolated because {', '.join(copy.follows)}"
    if copy.apart:
        yield "  apart because" if copy.apart_over_it else "  apart because its group is, for another reason"
        for apart in copy.apart:
            yield from _apart(apart)
    if explained.versioned:
        seen = ["the application" if name == APPLICATION else name for name in copy.seen_by]
        yield f"  seen by {', '.join(seen) or 'nobody'}"


def _chain(chain: Chain, project: str) -> str:
    links = [project, *(f"{release.name} {release.version}" for release in chain.releases)]
    return f"{' → '.join(links)}{_where(chain.asked)}"


def _where(asked: Asked) -> str:
    if asked.place is None or asked.place.line is None:
        return ""
    return f"  ({asked.place.file}:{asked.place.line})"


def _apart(apart: Apart) -> Iterator[str]:
    yield f"    {apart.reason}"
    for asked in apart.requirements:
        if asked.place is None:
            yield f"      {asked.requirement}"
        else:
            line = "" if asked.place.line is None else f":{asked.place.line}"
            yield f"      {asked.place.file}{line}: {asked.place.entry}: {asked.requirement}"
