"""Every row of the table of registers: both versions work in one process, since what they register in is doubled."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from orchestrator.plan.registries import REGISTRIES
from tests.support.interpreters import found_interpreters

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

pytestmark = [pytest.mark.index, pytest.mark.slow]  # whole spaCys and Qiskits

# Who registers and its two versions; what goes beside them, what both sides are asked, and what each answers.
SHOWN = {
    "protobuf": (
        "onnx 1.15.0, 1.17.0",
        ["protobuf<5"],
        "side.TensorProto.DESCRIPTOR.full_name",
        "onnx.TensorProto",
    ),
    "catalogue": ("spacy 3.6.1, 3.7.2", ["numpy<2"], 'len(side.blank("en")("two tokens"))', "2"),
    "stevedore": ("qiskit 1.2.4, 2.0.0", [], "transpiled(side)", "1"),
}
PROGRAM = """
import sys
def transpiled(side):
    circuit = side.QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return side.transpile(circuit, basis_gates=["rz", "sx", "cx"], optimization_level=3).count_ops()["cx"]
sides = [__import__(name) for name in sys.argv[1:]]
print(*[QUESTION for side in sides])
"""


@pytest.mark.parametrize("shared", SHOWN)
def test_both_versions_in_one_process(real_project: ProjectFolder, shared: str) -> None:
    python = next((found for found in found_interpreters() if found.version == "3.11"), None)
    if python is None:
        pytest.skip("needs Python 3.11: the older versions have no wheels for later ones")
    pair, beside, question, answer = SHOWN[shared]
    name, one, other = pair.replace(",", "").split()
    project = real_project.on(python)
    project.pyproject([f"{name}=={other}", *beside], f'[tool.mvenv.aliases]\nold_one = "{name}=={one}"\n')
    told = project.mvenv("build")
    assert f"{shared} " in told.err.partition("More than once in one version: ")[2], told
    assert f"{name} {one} and {other} register in it" in told.err
    project.write("program.py", textwrap.dedent(PROGRAM).replace("QUESTION", question))
    for order in ((name, "old_one"), ("old_one", name)):
        outcome = project.python("program.py", *order)
        assert outcome.out.split() == [answer, answer], outcome


def test_every_row_is_shown_with_the_versions_it_was_seen_with() -> None:
    assert {row.shared: row.seen_with[0] for row in REGISTRIES} == {
        name: shown[0] for name, shown in SHOWN.items()
    }
