"""Grouping: the fewest sets of requirements that can each be installed together, with a proof.

No input or output here: whoever calls :func:`partition` supplies the oracle that asks a resolver.
"""

from __future__ import annotations

from orchestrator.grouping.affinity import NO_AFFINITIES, Affinities
from orchestrator.grouping.colouring import fewest_colours
from orchestrator.grouping.conflict import Conflict
from orchestrator.grouping.deadline import Deadline
from orchestrator.grouping.group import Group, Grouping
from orchestrator.grouping.memo import UnionCertificate, pins_agree
from orchestrator.grouping.oracle import Oracle, Question, Verdict
from orchestrator.grouping.reporter import GroupingReporter, SilentReporter
from orchestrator.grouping.search import partition
from orchestrator.grouping.sets_within import SetsWithin
from orchestrator.grouping.unsatisfiable import Unsatisfiable

__all__ = [
    "NO_AFFINITIES",
    "Affinities",
    "Conflict",
    "Deadline",
    "Group",
    "Grouping",
    "GroupingReporter",
    "Oracle",
    "Question",
    "SetsWithin",
    "SilentReporter",
    "UnionCertificate",
    "Unsatisfiable",
    "Verdict",
    "fewest_colours",
    "partition",
    "pins_agree",
]
