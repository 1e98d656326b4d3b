"""The answer of ``mvenv build`` when there is nothing to do, without loading what building needs."""

from __future__ import annotations

import sys

from orchestrator.cli.root import project_root
from orchestrator.state import freshness, seal
from orchestrator.state.record import read_record
from orchestrator.system import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from orchestrator.state.documents import GraphDocument


def say_if_fresh() -> bool:
    """Say on stderr that the nearest project is up to date and return True; return False if it isn't.

    What an earlier build has left behind is a reason for a build, too: to sweep it.
    """
    root = project_root()
    record = read_record(root)
    if record is None or freshness.is_untried(record) or freshness.is_uncured(record):
        return False
    if not freshness.is_of_a_plain_build(record):
        return False
    if not freshness.is_fresh(root, record) or not freshness.is_tidy(root, record["environments"]):
        return False
    if not seal.is_project_untouched(root, record):
        return False
    if not shown.choice.quiet:
        sys.stderr.write(f"Up to date: {size(record['graph'])}\n")
    if (imports := record.get("imports")) and shown.choice.quiet < 2:
        for each in imports["failed"]:
            told = not_imported(each["requirement"], each["module"], each["message"])
            sys.stderr.write(f"warning: {told}\n")
            if not shown.choice.quiet:
                sys.stderr.write(f"  hint: {each['hint']}\n")
    return True


def not_imported(requirement: str, module: str, message: str) -> str:
    """Return what is said of a requirement that could not be imported when it had been installed."""
    return f"`{requirement}` does not import ({module}): {message}"


def size(graph: GraphDocument) -> str:
    """Return how much a build has made, in words."""
    environments = [graph["application"], *graph["environments"]]
    distributions = sum(len(environment["distributions"]) for environment in environments)
    if not graph["environments"]:
        return f"{count(distributions, 'distribution')} in one environment, no conflict"
    groups = count(len(graph["groups"]), "group")
    told = proof(proved=graph["proved"], lower_bound=graph["lower_bound"])
    return f"{count(distributions, 'distribution')} for {groups} ({told})"


def proof(*, proved: bool, lower_bound: int) -> str:
    """Return what is proved of a number of groups, in words."""
    return (
        "the fewest possible"
        if proved
        else f"at least {lower_bound} {'is' if lower_bound == 1 else 'are'} needed"
    )


def count(number: int, noun: str) -> str:
    """Return a number with its noun in the right form."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
