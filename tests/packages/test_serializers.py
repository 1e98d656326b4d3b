"""cloudpickle, joblib and dill inside environments, two versions of each: in process, in threads, in children."""

from __future__ import annotations

import pytest

from tests.packages.sides import Sides, fixture

pytestmark = pytest.mark.index

REQUIRES = {
    "dep_a": ["cloudpickle==2.2.1", "joblib==1.3.2", "dill==0.3.7"],
    "dep_b": ["cloudpickle==3.1.0", "joblib==1.4.2", "dill==0.3.9"],
}

SOURCE = """
import functools, operator, os, pickle, subprocess, sys, tempfile
import cloudpickle, dill, joblib

VERSIONS = [cloudpickle.__version__, joblib.__version__, dill.__version__]

def versions(_=None):
    import cloudpickle, joblib, dill
    return [cloudpickle.__version__, joblib.__version__, dill.__version__]

def local_function():
    mine = VERSIONS
    def function(_=None):
        import joblib
        return [mine, joblib.__version__, __name__]
    return function

def local_class():
    class Local:
        def versions(self):
            import joblib
            return [VERSIONS, joblib.__version__]
    return Local

def in_child(data, tool):
    code = f"import sys, {tool}; print({tool}.load(sys.stdin.buffer)())"
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True)
    return [done.stdout.decode(), done.stderr.decode()[-300:]]

def outcome_cloudpickle_function():
    again = pickle.loads(cloudpickle.dumps(local_function()))
    return [again(), again.__module__, pickle.loads(cloudpickle.dumps(lambda: versions()))()]

def outcome_cloudpickle_class():
    Local = local_class()
    again = pickle.loads(cloudpickle.dumps(Local))
    thing = pickle.loads(cloudpickle.dumps(Local()))
    return [again().versions(), thing.versions(), again.__module__]

def outcome_cloudpickle_by_value():
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    try:
        data = cloudpickle.dumps(versions)
        return [pickle.loads(data)(), pickle.loads(data) is versions, in_child(data, "pickle")]
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])

def outcome_cloudpickle_to_a_child():
    function, by_name = cloudpickle.dumps(local_function()), cloudpickle.dumps(versions)
    return [in_child(function, "cloudpickle"), in_child(by_name, "pickle")]

def outcome_cloudpickle_of_modules():
    found = pickle.loads(cloudpickle.dumps([joblib, cloudpickle.cloudpickle, joblib.parallel.delayed]))
    return [found[0] is joblib, found[1] is cloudpickle.cloudpickle, found[0].__version__, found[2] is joblib.delayed]

def outcome_dill():
    found = [dill.loads(dill.dumps(thing)) for thing in (local_function(), local_class(), lambda: versions())]
    return [found[0](), found[1]().versions(), found[2](), dill.loads(dill.dumps(joblib)).__version__]

def outcome_dill_recurse():
    return dill.loads(dill.dumps(local_function(), recurse=True, byref=False))()

def outcome_dill_to_a_child():
    return in_child(dill.dumps(local_function()), "dill")

def outcome_dill_source():
    importable = dill.source.importable(joblib.delayed, source=False)
    return [dill.source.getsource(versions).splitlines()[0], importable, VERSIONS]

def outcome_joblib_threads():
    return joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(versions)(n) for n in range(3))

def outcome_joblib_loky():
    return joblib.Parallel(n_jobs=2)(joblib.delayed(versions)(n) for n in range(3))

def outcome_joblib_loky_local_function():
    return joblib.Parallel(n_jobs=2)(joblib.delayed(local_function())(n) for n in range(2))

def outcome_joblib_multiprocessing():
    return joblib.Parallel(n_jobs=2, backend="multiprocessing")(joblib.delayed(versions)(n) for n in range(3))

def outcome_joblib_dump():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "file.joblib")
        joblib.dump({"function": versions, "text": "x" * 99}, file, compress=3)
        return joblib.load(file)["function"]()

def outcome_joblib_memory():
    with tempfile.TemporaryDirectory() as folder:
        memory = joblib.Memory(folder, verbose=0)
        calls = []
        cached = memory.cache(versions)
        return [cached(1), cached(1), cached.check_call_in_cache(1) if hasattr(cached, "check_call_in_cache") else None,
                joblib.hash([1, "two"])]
"""

OUTCOMES = [line.partition("(")[0][12:] for line in SOURCE.splitlines() if line.startswith("def outcome_")]


# `dep_a` and `dep_b` with older and newer versions of all three.
sides = fixture(SOURCE, REQUIRES)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcome(sides: Sides, outcome: str) -> None:
    """What is stored and loaded, here or in a child, is the environment's own, as in a plain venv."""
    sides.assert_equal(outcome)
