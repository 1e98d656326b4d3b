"""Run cases in a built project, in child processes: a crash is an outcome.

Reads from standard input, as JSON: the modules of both sides, and cases. Prints one line of JSON for each case.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import types
import warnings
from typing import Any

TIME_LIMIT = 60  # seconds


def main() -> None:
    """Read the question, print the answers."""
    told = json.load(sys.stdin)
    sides = {
        side: types.SimpleNamespace(
            **{name: importlib.import_module(module) for name, module in modules.items()}
        )
        for side, modules in told["sides"].items()
    }
    pending = told["cases"]
    while pending:
        results = in_child(pending, sides)
        print(*map(json.dumps, results), sep="\n", flush=True)
        pending = pending[len(results) :]


def in_child(cases: list[Any], sides: dict[str, Any]) -> list[Any]:
    """Return the outcomes of cases up to the first that ends the child process, inclusive."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal = importlib.import_module("signal")
        with os.fdopen(writer, "w") as answer:
            for case in cases:
                signal.alarm(TIME_LIMIT)
                print(json.dumps(outcome(case, sides)), file=answer, flush=True)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        results = [json.loads(line) for line in answer]
    status = os.waitpid(child, 0)[1]
    if len(results) < len(cases):
        ended = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit code {status >> 8}"
        results.append({"outcome": "crash", "detail": ended})
    return results


def outcome(case: dict[str, Any], sides: dict[str, Any]) -> dict[str, Any]:
    """Compare what comes of objects of both versions with what comes of one version's."""
    warnings.simplefilter("ignore")
    first, second = sides["A"], sides["B"]
    try:
        found = evaluate(case, first, second)
    except RecursionError as error:
        return {"outcome": "crash", "detail": f"RecursionError: {error}"}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
        return refused(case, error, first)
    got = plain(found)
    expected = []
    for side in (first, second):
        try:
            expected.append(plain(evaluate(case, side, side)))
        except Exception as error:  # noqa: BLE001 - as above
            expected.append(f"{type(error).__name__}: {error}"[:200])
    detail = {"type": whose(found, sides), "value": repr(got)[:200]}
    if any(got == one or repr(got) == repr(one) for one in expected):
        return {"outcome": "right", **detail}
    if (
        found is False and "==" in case["code"][-1]
    ):  # what Python answers for objects that do not know each other
        return {"outcome": "unequal", **detail}
    return {"outcome": "wrong", **detail, "expected": repr(expected)[:200]}


def refused(case: dict[str, Any], error: Exception, alone: types.SimpleNamespace) -> dict[str, Any]:
    """Say whether an error names both versions, in its text or in its note."""
    from runtime_shim.diagnosis import exception_notes

    text = f"{type(error).__name__}: {error}"
    try:  # what one version refuses as well, says nothing about two
        evaluate(case, alone, alone)
    except Exception as plain_error:  # noqa: BLE001 - as above
        if type(plain_error).__name__ == type(error).__name__:
            return {"outcome": "right", "type": "", "value": type(error).__name__}
    exception_notes.add_to(error)
    noted = "".join(traceback.format_exception_only(error))
    named = "of two environments met here" in noted or (" of environment " in text and " met " in text)
    named = named or ("cannot convert " in text and text.count("(") > 1)
    return {"outcome": "named" if named else "unnamed", "detail": text[:200]}


def evaluate(case: dict[str, Any], first: types.SimpleNamespace, second: types.SimpleNamespace) -> Any:
    """Return the value of the case's last line; what comes before are statements."""
    *statements, expression = case["code"]
    names = {"A": first, "B": second, "__name__": "__main__", "__file__": __file__}
    exec(compile("\n".join(statements), __file__, "exec"), names)
    return eval(compile(expression, __file__, "eval"), names)


def plain(value: Any) -> Any:
    """Return a value as built-in types, in which those of two versions are equal."""
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    for conversion in ("tocoo", "filled"):  # scipy.sparse; masked arrays, whose fill value is no value
        if conversion == "tocoo" and hasattr(value, conversion):
            return plain(value.toarray())
        if conversion == "filled" and hasattr(value, conversion):
            return [plain(value.tolist()), plain(value.mask.tolist())]
    if hasattr(value, "to_dict") and hasattr(value, "index"):
        return plain(value.reset_index().to_dict("list") if hasattr(value, "columns") else value.to_dict())
    if type(value).__module__.startswith("PIL."):
        return [value.mode, value.tobytes().hex()]
    for conversion in ("to_pylist", "tolist", "to_pydatetime", "dict"):
        if hasattr(value, conversion):
            made = getattr(value, conversion)()
            kind = getattr(getattr(value, "dtype", None), "kind", "")
            return [kind, repr(made)] if conversion == "tolist" else repr(made)
    return repr(value)


def whose(value: object, sides: dict[str, Any]) -> str:
    """Return which side's class a value is of, `shared` for a type that both have."""
    ownership = importlib.import_module("runtime_shim.modules.ownership")
    home = ownership.isolated_environment_of_type(type(value))
    for side, modules in sides.items():
        if home is not None and ownership.environment_of_module(next(iter(vars(modules).values()))) is home:
            return f"{side} {type(value).__name__}"
    return type(value).__name__


if __name__ == "__main__":
    main()
