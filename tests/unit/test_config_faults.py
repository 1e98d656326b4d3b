from __future__ import annotations

from orchestrator.config.faults import did_you_mean


def test_names_that_are_known() -> None:
    assert did_you_mean("flsk", ["flask", "celery"], otherwise="there are") == (
        "did you mean `flask` instead of `flsk`?"
    )
    assert did_you_mean("x", ["flask", "celery"], otherwise="there are") == "there are `flask` and `celery`"
    assert did_you_mean("x", [], otherwise="there are") == "there are none"
