"""What uv's log says that releases depend on."""

from __future__ import annotations

from orchestrator.uv.told_dependencies import told_dependencies

# Of uv 0.13.9.
LOG = """\
DEBUG Solving with target Python version: >=3.11.7
DEBUG Adding direct dependency: lib-0000*
DEBUG Selecting: s3fs==2024.6.1 [compatible] (s3fs-2024.6.1-py3-none-any.whl)
DEBUG Adding transitive dependency for s3fs==2024.6.1: aiobotocore>=2.5.4, <3.0.0
DEBUG Adding transitive dependency for s3fs==2024.6.1: aiohttp<4.0.0a0 | >=4.0.0a0+, <4.0.0a1 | >=4.0.0a1+
DEBUG Adding transitive dependency for environs==14.3.0: python-dotenv*
DEBUG Adding transitive dependency for lib_0000==1.0: Pivot.Point>=1.0, <1.0+
DEBUG Adding transitive dependency for mlflow==2!1.0.post1+cu.1: importlib-metadata>=3.7.0, <4.7.0 | >4.7.0, <6
DEBUG Adding transitive dependency for tool==1: tomli{python_full_version < '3.11'}>=2
DEBUG Adding transitive dependency for tool[fast]==1: quick[more,most]>=2
DEBUG Adding transitive dependency for tool[fast]==1: tool>=1, <1+
DEBUG Adding transitive dependency for late==1: x>=1
"""


def test_told_dependencies() -> None:
    found = {each.requirers[0].text: [term.text for term in each.wanted] for each in told_dependencies(LOG)}
    assert found == {
        "s3fs==2024.6.1": ["aiobotocore>=2.5.4,<3.0.0"],
        "environs==14.3.0": ["python-dotenv"],
        "lib_0000==1.0": ["Pivot.Point==1.0"],
        "mlflow==2!1.0.post1+cu.1": ["importlib-metadata>=3.7.0,<4.7.0", "importlib-metadata>4.7.0,<6"],
        "tool[fast]==1": ["tool==1"],  # the last of two
        "late==1": ["x>=1"],
    }
    names = {term.name for each in told_dependencies(LOG) for term in (*each.requirers, *each.wanted)}
    assert {"lib-0000", "pivot-point", "quick"} <= names
    assert "tomli" not in names


def test_said_twice() -> None:
    assert len(told_dependencies(LOG + LOG)) == len(told_dependencies(LOG))
    assert told_dependencies("DEBUG Adding transitive dependency for a==1: b>=1{x}\n") == ()
