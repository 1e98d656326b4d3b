"""[instructions] The names of instructions that the shim goes by, against those of every Python found.

So a new Python fails here, and not at a user's: an instruction that is not known below either loads, calls or puts
operands together, then `runtime_shim.diagnosis.operands` has to know it, or it does not, then it goes into the list.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runtime_shim.diagnosis import operands
from tests.support.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter

pytestmark = pytest.mark.every_python

KNOWN = operands._TRANSPARENT | operands._CALLS | operands._COMPARISONS
"""What `operands` tells from all others."""

NEEDED = frozenset(
    """
    CALL CALL_FUNCTION_EX COMPARE_OP IMPORT_FROM IMPORT_NAME IS_OP LOAD_ATTR LOAD_DEREF LOAD_FAST LOAD_GLOBAL LOAD_NAME
    RAISE_VARARGS RETURN_VALUE
    """.split()  # noqa: SIM905
)
"""What there has to be in every Python."""

NO_OPERANDS = frozenset(
    """
    ANNOTATIONS_PLACEHOLDER ASYNC_GEN_WRAP BEFORE_ASYNC_WITH BEFORE_WITH BINARY_OP BINARY_SLICE
    BINARY_SUBSCR BUILD_INTERPOLATION BUILD_SLICE BUILD_STRING BUILD_TEMPLATE CALL_FUNCTION
    CALL_INTRINSIC_2 CHECK_EG_MATCH CHECK_EXC_MATCH CLEANUP_THROW CONTAINS_OP CONVERT_VALUE COPY_FREE_VARS
    DELETE_ATTR DELETE_DEREF DELETE_FAST DELETE_GLOBAL DELETE_NAME DELETE_SUBSCR END_ASYNC_FOR END_FOR
    END_SEND ENTER_EXECUTOR EXIT_INIT_CHECK FORMAT_SIMPLE FORMAT_VALUE FORMAT_WITH_SPEC FOR_ITER GET_AITER
    GET_ANEXT GET_AWAITABLE GET_ITER GET_LEN GET_YIELD_FROM_ITER IMPORT_FROM IMPORT_NAME IMPORT_STAR
    INTERPRETER_EXIT JUMP JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT JUMP_FORWARD JUMP_IF_FALSE
    JUMP_IF_FALSE_OR_POP JUMP_IF_TRUE JUMP_IF_TRUE_OR_POP JUMP_NO_INTERRUPT LIST_APPEND
    LOAD_ASSERTION_ERROR LOAD_BUILD_CLASS LOAD_CLOSURE LOAD_FAST_AND_CLEAR LOAD_LOCALS LOAD_SPECIAL
    LOAD_SUPER_ATTR LOAD_SUPER_METHOD LOAD_ZERO_SUPER_ATTR LOAD_ZERO_SUPER_METHOD MAKE_CELL MAKE_FUNCTION
    MAP_ADD MATCH_CLASS MATCH_KEYS MATCH_MAPPING MATCH_SEQUENCE POP_BLOCK POP_EXCEPT POP_ITER POP_TOP
    PREP_RERAISE_STAR PRINT_EXPR PUSH_EXC_INFO RAISE_VARARGS RERAISE RESERVED RESUME RETURN_CONST
    RETURN_GENERATOR RETURN_VALUE SEND SETUP_ANNOTATIONS SETUP_CLEANUP SETUP_FINALLY SETUP_WITH SET_ADD
    SET_FUNCTION_ATTRIBUTE STORE_ATTR STORE_DEREF STORE_FAST STORE_FAST_LOAD_FAST STORE_FAST_MAYBE_NULL
    STORE_FAST_STORE_FAST STORE_GLOBAL STORE_NAME STORE_SLICE STORE_SUBSCR TRACE_RECORD UNARY_INVERT
    UNARY_NEGATIVE UNARY_NOT UNARY_POSITIVE UNPACK_EX UNPACK_SEQUENCE WITH_EXCEPT_START YIELD_VALUE
    """.split()  # noqa: SIM905 - a list of these would have a line each
)
"""What was looked at, and names or calls nothing of which a note could tell."""


@pytest.fixture
def names(interpreter: Interpreter, tmp_path: Path) -> set[str]:
    """Return the names of an interpreter's instructions, but for those of tools that watch and of conditional jumps."""
    code = "import json, opcode; print(json.dumps(list(opcode.opmap)))"
    found = json.loads(run((interpreter.executable, "-c", code), cwd=tmp_path, env={}).out)
    return {name for name in found if not name.startswith(("INSTRUMENTED_", "POP_JUMP_"))}


def test_what_is_needed_is_there(names: set[str]) -> None:
    assert names >= NEEDED


def test_every_instruction_was_looked_at(names: set[str]) -> None:
    assert not names - KNOWN - NO_OPERANDS


def test_what_was_looked_at_is_in_one_list_only() -> None:
    assert not KNOWN & NO_OPERANDS
