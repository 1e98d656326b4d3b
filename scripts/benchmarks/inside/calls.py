"""Which functions of the shim are called while MODULE is imported: a line each, with their number."""

# mypy: ignore-errors
import sys

COUNTS = {}
PACKAGE = "runtime_shim"


def called(frame, event, _argument):
    """Count a call of a function of the shim."""
    if event == "call" and PACKAGE in frame.f_code.co_filename:
        COUNTS[frame.f_code] = COUNTS.get(frame.f_code, 0) + 1


sys.setprofile(called)
try:
    import MODULE  # noqa: F401
finally:
    sys.setprofile(None)
for code, count in COUNTS.items():
    place = code.co_filename.partition(PACKAGE)[2].strip("/\\").replace("\\", "/")
    sys.stdout.write(f"{place}:{code.co_name} {count}\n")
