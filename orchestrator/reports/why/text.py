"""The answer to ``mvenv why`` for people: one block a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.faults import join_words
from orchestrator.plan.model import APPLICATION
from orchestrator.reports.marks import MINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.reports.why.model import (
        Apart,
        AskedRequirement,
        Chain,
        Explained,
        ExplainedCopy,
        Release,
        WhyAnswer,
        WrittenAt,
    )

MOST_CONFLICTS = 5


def told(answer: WhyAnswer) -> str:
    """Return the answer as plain text, blocks divided by an empty line."""
    blocks = [
        "\n".join(_block(explained, copy, answer.project))
        for explained in answer.distributions
        for copy in sorted(explained.copies, key=lambda each: APPLICATION not in each.seen_by)
    ]
    names = [explained.name for explained in answer.distributions]
    if names != [answer.name]:
        blocks.insert(0, f"`{answer.name}` is {join_words(names, 'and')}")
    return "\n\n".join(blocks)


def _block(explained: Explained, copy: ExplainedCopy, project: str) -> Iterator[str]:
    shared = copy.environment == APPLICATION and len(copy.seen_by) > 1
    is_mine = len(explained.copies) > 1 and APPLICATION in copy.seen_by
    mine = f"  {MINE} what your code imports" if is_mine else ""
    yield f"{explained.name} {copy.version}  in {copy.path}{', shared by all' if shared else ''}{mine}"
    if copy.chains:
        yield "  required by"
        yield from (f"    {_chain(chain, project)}" for chain in copy.chains)
    if copy.more_chains:
        others = "another direct requirement" if copy.more_chains == 1 else f"{copy.more_chains} others"
        yield f"    and by {others}"
    for overridden in copy.overridden:
        yield f"  in this version because {overridden.file} says so for {_arrows(overridden.path)}"
    if explained.isolated:
        yield f"  isolated because `[tool.mvenv] isolate` says so{_where(explained.isolated_at)}"
    if copy.follows:
        yield f"  isolated because {', '.join(copy.follows)}"
    for cut in copy.cuts:
        importer = f"{cut.importer.name} {cut.importer.version}"
        yield f"  apart because {cut.requirement} does not fit beside {importer}, which requires it"
        yield from (f"    {reason}" for reason in cut.reasons)
    told_already = {reason for cut in copy.cuts for reason in cut.reasons}
    apart = [each for each in copy.apart if each.reason not in told_already]
    if apart:
        yield "  apart because" if copy.apart_over_it else "  apart because its group is, for another reason"
        for each in apart[:MOST_CONFLICTS]:
            yield from _apart(each)
        if len(apart) > MOST_CONFLICTS:
            yield f"    and {len(apart) - MOST_CONFLICTS} more, which `mvenv graph` shows"
    if explained.versioned:
        seen = ["the application" if name == APPLICATION else name for name in copy.seen_by]
        seen += [f"the application as `{name}`" for name in copy.aliases]
        yield f"  seen by {', '.join(seen) or 'nobody'}"


def _chain(chain: Chain, project: str) -> str:
    return f"{project} → {_arrows(chain.releases)}{_where(chain.asked.place)}"


def _arrows(releases: Iterable[Release]) -> str:
    return " → ".join(f"{release.name} {release.version}" for release in releases)


def _where(place: WrittenAt | None) -> str:
    return "" if place is None or place.line is None else f"  ({place.file}:{place.line})"


def _apart(apart: Apart) -> Iterator[str]:
    yield f"    {apart.reason}"
    for asked in apart.requirements:
        yield f"      {_asked(asked)}"


def _asked(asked: AskedRequirement) -> str:
    if asked.place is None:
        return asked.requirement
    line = "" if asked.place.line is None else f":{asked.place.line}"
    return f"{asked.place.file}{line}: {asked.place.entry}: {asked.requirement}"
