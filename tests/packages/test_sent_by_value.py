"""Functions that an engine sends by value keep the versions of whoever wrote them.

The application has click 8.1.7; joblib, cloudpickle and dill stand beside click 8.0.4, and so do the workers that
they start.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index

ENGINES = ("joblib==1.4.2", "cloudpickle==3.1.0", "dill==0.3.9")
SETTINGS = """
[tool.mvenv]
isolate = ["joblib", "cloudpickle", "dill"]

[tool.mvenv.constraints]
joblib = ["+click==8.0.4"]
cloudpickle = ["+click==8.0.4"]
dill = ["+click==8.0.4"]
"""

PROGRAM = """
import importlib.metadata, json, os, pickle, subprocess, sys
import click, cloudpickle, dill, joblib

def imports():
    import click, importlib.metadata
    return importlib.metadata.version("click"), click.core.Option is option

def uses_module():
    return click.core.__file__

def nested():
    def inner():
        from click.core import Option
        return Option is option, eval("__import__('click').__file__")
    return inner

class Local:
    kind = click.Option
    def method(self):
        import click
        return click.__file__, self.kind is click.Option

option = click.Option
# As in a notebook: a file name that is nobody's.
exec(compile("def cell():\\n import click\\n return click.__file__", "/nowhere/notebook/1.py", "exec"), globals())
functions = {
    "imports": imports, "uses module": uses_module, "lambda": lambda: imports(), "nested": nested(), "cell": cell,
    "method": Local().method, "lambda of a module": lambda: click.__file__,
}
RUN = "{name: function() for name, function in pickle.load(sys.stdin.buffer).items()}"
READ = f"import json, pickle, sys; print(json.dumps({RUN}))"
AGAIN = "import pickle, sys, cloudpickle; " + READ.replace(
    "pickle.load(sys.stdin.buffer)", "pickle.loads(cloudpickle.dumps(pickle.load(sys.stdin.buffer)))"
)

def in_child(engine, data, read):
    # What an engine's own code would start, elsewhere.
    environment = {**os.environ, "MVENV_STARTED_BY": engine}
    done = subprocess.run([sys.executable, "-c", read], input=data, capture_output=True, env=environment, cwd="/")
    assert not done.returncode, done.stderr.decode()
    return json.loads(done.stdout)

def in_loky():
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(function)() for function in functions.values())
    return dict(zip(functions, results))

def main():
    # Or it says nothing.
    assert (importlib.metadata.version("click"), engines_click()) == ("8.1.7", "8.0.4")
    sent = cloudpickle.dumps(functions)
    ways = {
        "plain": lambda: {name: function() for name, function in functions.items()},
        "here": lambda: {name: function() for name, function in pickle.loads(sent).items()},
        "loky": in_loky,
        "cloudpickle": lambda: in_child("cloudpickle", sent, READ),
        "again": lambda: in_child("cloudpickle", sent, AGAIN),
        "dill": lambda: in_child("dill", dill.dumps(functions, recurse=True), READ),
    }
    print(json.dumps({way: run() for way, run in ways.items()}))

def engines_click():
    code = "import importlib.metadata; print(importlib.metadata.version('click'))"
    return subprocess.run([sys.executable, "-c", code], env={**os.environ, "MVENV_STARTED_BY": "joblib"},
                          capture_output=True, text=True).stdout.strip()

if __name__ == "__main__":
    main()
"""


def test_sent_by_value(real_project: ProjectFolder, tmp_path: Path) -> None:
    """From a file outside the project, from the command line: no file tells a worker whose code it is."""
    real_project.pyproject(["click==8.1.7", *ENGINES], SETTINGS)
    real_project.mvenv("build")
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(PROGRAM)
    for words in ((str(elsewhere),), ("-c", PROGRAM)):
        found = json.loads(real_project.python(*words).out)
        right = found.pop("plain")
        assert right["imports"] == ["8.1.7", True]
        assert found == dict.fromkeys(found, right), words
