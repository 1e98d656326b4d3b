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


def main(output, imports, *selections):
    for name in filter(None, imports.split(",")):
        importlib.import_module(name)
    import unittest

    from test import support
    from test.support import os_helper

    support.use_resources = ("cpu", "subprocess", "walltime")
    loader = unittest.TestLoader()
    with open(output, "a", encoding="utf-8", buffering=1) as file, os_helper.temp_cwd():
        result = make_result(unittest, file)
        for selection in selections:
            result.selection, _, classes = selection.partition(":")
            try:
                module = importlib.import_module(result.selection)
            except unittest.SkipTest as reason:
                result.write(result.selection, "skipped", str(reason))
                continue
            suite = loader.loadTestsFromModule(module)
            for error in loader.errors:
                result.write(result.selection, "not loaded", error)
            loader.errors.clear()
            only(suite, frozenset(filter(None, classes.split(","))), unittest)
            suite.run(result)


def only(suite, classes, unittest):
    """Leave only the tests of some classes (all, if none is named) in a suite; tests stay in their order."""
    if classes:
        kept = [
            test
            for test in suite
            if isinstance(test, unittest.BaseTestSuite) or type(test).__name__ in classes
        ]
        for test in kept:
            if isinstance(test, unittest.BaseTestSuite):
                only(test, classes, unittest)
        suite._tests = kept


def make_result(unittest, file):
    class Recorder(unittest.TestResult):
        selection = ""
        pid = os.getpid()

        def write(self, test, outcome, detail):
            if os.getpid() == self.pid:  # a forked child that runs on must not speak for its parent
                file.write(json.dumps([f"{self.selection}::{test}", outcome, detail]) + "\n")

        def startTest(self, test):
            super().startTest(test)
            self.write(test.id(), "started", "")

        def addSuccess(self, test):
            self.write(test.id(), "passed", "")

        def addError(self, test, error):
            self.write(test.id(), "error", self._exc_info_to_string(error, test))

        def addFailure(self, test, error):
            self.write(test.id(), "failed", self._exc_info_to_string(error, test))

        def addSubTest(self, test, subtest, error):
            if error is not None:
                detail = subtest._subDescription() + "\n" + self._exc_info_to_string(error, test)
                self.write(test.id(), "subtest failed", detail)

        def addSkip(self, test, reason):
            self.write(test.id(), "skipped", reason)

        def addExpectedFailure(self, test, error):
            self.write(test.id(), "expected failure", "")

        def addUnexpectedSuccess(self, test):
            self.write(test.id(), "unexpected success", "")

    return Recorder()


if __name__ == "__main__":
    main(*sys.argv[1:])
