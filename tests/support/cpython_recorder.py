"""Runs test modules of CPython and writes one line of JSON per outcome; it runs inside the interpreter under test.

usage: python cpython_recorder.py OUTPUT IMPORTS MODULE[:CLASS,…]…

IMPORTS is a comma-separated list of modules imported before the tests are loaded; it may be empty. A line is
`[test id, outcome, detail]`, written as soon as the outcome is known, so that a crash leaves what came before it;
`[test id, "started", ""]` tells where the crash was.

Only the standard library: the interpreter has nothing else. No `unittest` at the top, so that the tests find the
interpreter as they expect it.
"""

import importlib
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import unittest
    from types import TracebackType
    from typing import Any, TextIO

    Failure = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


# A thread that has taken a task before the pool is ended sleeps for five minutes, on a busy machine; later releases of
# CPython skip the test themselves.
UNSOUND = "WithThreadsTestPool.test_terminate"


class Outcomes:
    """The file of outcomes; those written from now on are of tests of the module *selection*."""

    def __init__(self, file: "TextIO") -> None:
        self.selection = ""
        self._file = file
        self._pid = os.getpid()

    def write(self, test: str, outcome: str, detail: str) -> None:
        if os.getpid() == self._pid:  # a forked child that runs on must not speak for its parent
            self._file.write(json.dumps([f"{self.selection}::{test}", outcome, detail]) + "\n")


def main(output: str, imports: str, *selections: str) -> None:
    for name in filter(None, imports.split(",")):
        importlib.import_module(name)
    import unittest

    # By name: type checkers have no stubs of CPython's own tests.
    support = importlib.import_module("test.support")
    os_helper = importlib.import_module("test.support.os_helper")
    vars(support)["use_resources"] = ("cpu", "subprocess", "walltime")
    loader = unittest.TestLoader()
    with open(output, "a", encoding="utf-8", buffering=1) as file, os_helper.temp_cwd():
        outcomes = Outcomes(file)
        result = make_result(outcomes)
        for selection in selections:
            outcomes.selection, _, classes = selection.partition(":")
            try:
                module = importlib.import_module(outcomes.selection)
            except unittest.SkipTest as reason:
                outcomes.write(outcomes.selection, "skipped", str(reason))
                continue
            suite = loader.loadTestsFromModule(module)
            for error in loader.errors:
                outcomes.write(outcomes.selection, "not loaded", str(error))
            loader.errors.clear()
            only(suite, frozenset(filter(None, classes.split(","))))
            suite.run(result)


def only(suite: "unittest.BaseTestSuite", classes: frozenset[str]) -> None:
    """Leave only the sound tests of some classes (all, if none is named) in a suite; tests stay in their order."""
    import unittest

    kept: list[Any] = [  # tests and suites; typeshed has tests alone in `_tests`
        test
        for test in suite
        if isinstance(test, unittest.BaseTestSuite)
        or (type(test).__name__ in (classes or {type(test).__name__}) and not test.id().endswith(UNSOUND))
    ]
    for test in kept:
        if isinstance(test, unittest.BaseTestSuite):
            only(test, classes)
    suite._tests = kept


def make_result(outcomes: Outcomes) -> "unittest.TestResult":
    import unittest

    class Recorder(unittest.TestResult):
        def startTest(self, test: "unittest.TestCase") -> None:
            super().startTest(test)
            outcomes.write(test.id(), "started", "")

        def addSuccess(self, test: "unittest.TestCase") -> None:
            outcomes.write(test.id(), "passed", "")

        def addError(self, test: "unittest.TestCase", error: "Failure") -> None:
            super().addError(test, error)
            outcomes.write(test.id(), "error", self.errors.pop()[1])

        def addFailure(self, test: "unittest.TestCase", error: "Failure") -> None:
            super().addFailure(test, error)
            outcomes.write(test.id(), "failed", self.failures.pop()[1])

        def addSubTest(
            self, test: "unittest.TestCase", subtest: "unittest.TestCase", error: "Failure | None"
        ) -> None:
            super().addSubTest(test, subtest, error)
            for _, traceback in (*self.errors, *self.failures):
                description = subtest.id().removeprefix(f"{test.id()} ")
                outcomes.write(test.id(), "subtest failed", f"{description}\n{traceback}")
            self.errors.clear()
            self.failures.clear()

        def addSkip(self, test: "unittest.TestCase", reason: str) -> None:
            outcomes.write(test.id(), "skipped", reason)

        def addExpectedFailure(self, test: "unittest.TestCase", _error: "Failure") -> None:
            outcomes.write(test.id(), "expected failure", "")

        def addUnexpectedSuccess(self, test: "unittest.TestCase") -> None:
            outcomes.write(test.id(), "unexpected success", "")

    return Recorder()


if __name__ == "__main__":
    main(*sys.argv[1:])
