"""Records which lines of the shim follow which, in the interpreter that has executed this file.

Executed by a ``.pth`` file, in globals of its own that have ``SHIM`` (the copied shim's folder) and ``ARCS``; see
:mod:`tests.support.shim_coverage`. The program must not notice: no module is imported that is not there anyway, no
trace function set, no file kept open, nothing put off until exit. ``sys.monitoring`` (PEP 669, Python 3.12) calls back
for the shim's code alone.

An arc is two line numbers, as coverage.py has them: the line before (or minus the first line of the function, where
it begins), and this one (or minus the first line, where it returns). It is an empty file in ARCS whose name tells it:
whatever ends the process, what was seen is there, and no two processes need to agree.
"""

# No `from __future__ import annotations`: that is a module more in the program.
import sys
from posix import O_CLOEXEC, O_CREAT, close
from posix import open as posix_open

assert sys.version_info >= (3, 12)  # type checkers ask for it

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

# Of code that has another name for its file (`runtime_shim.caller.disguise.plain_keys_only`) its globals tell the
# real one.
_RENAMED = "<mvenv"


def _start() -> None:
    monitoring, events = sys.monitoring, sys.monitoring.events
    tool = monitoring.COVERAGE_ID
    local = events.LINE | events.PY_RETURN
    # Code -> the name of its file as ARCS has it.
    names: dict[CodeType, str] = {}
    # id of a frame -> the line it was at. Frames themselves, if kept, would keep objects alive.
    lines: dict[int, int] = {}
    seen: set[tuple[str, int, int]] = set()
    shim: str = globals()["SHIM"]
    arcs: str = globals()["ARCS"]
    frame_of, disable = sys._getframe, monitoring.DISABLE

    def begin(code: "CodeType", _offset: int) -> object:
        name = names.get(code)
        if name is None:
            file = code.co_filename
            if file.startswith(_RENAMED):
                file = frame_of(1).f_globals.get("__file__", "")
            if not file.startswith(shim):
                return disable
            names[code] = file[len(shim) :].replace("/", ":")
            monitoring.set_local_events(tool, code, local)
        lines[id(frame_of(1))] = -code.co_firstlineno
        return None

    def record(code: "CodeType", before: int, after: int) -> None:
        arc = (names[code], before, after)
        if arc not in seen:
            seen.add(arc)
            try:
                close(posix_open(f"{arcs}/{arc[0]},{before},{after}", O_CREAT | O_CLOEXEC, 0o666))
            except OSError:  # no descriptor is free, or the program may not write: another process will tell
                seen.discard(arc)

    def line(code: "CodeType", number: int) -> None:
        frame = id(frame_of(1))
        before = lines.get(frame)
        lines[frame] = number
        if before is not None:
            record(code, before, number)

    def end(code: "CodeType", _offset: int, _value: object) -> None:
        before = lines.pop(id(frame_of(1)), None)
        if before is not None:
            record(code, before, -code.co_firstlineno)

    monitoring.use_tool_id(tool, "mvenv's tests")
    monitoring.register_callback(tool, events.PY_START, begin)
    monitoring.register_callback(tool, events.LINE, line)
    monitoring.register_callback(tool, events.PY_RETURN, end)
    monitoring.set_events(tool, events.PY_START)


if sys.monitoring.get_tool(sys.monitoring.COVERAGE_ID) is None:  # `.pth` files may be run again
    _start()
