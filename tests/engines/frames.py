"""Two versions of pandas: the application's, and the one that an engine's environment has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

OWN = "2.0.3"
THEIRS = "2.2.3"


def beside_other_pandas(*engines: str, extra: str = "") -> str:
    """Return the table with which engines, if isolated, see a later pandas than the application.

    :param extra: further lines of the table.
    """
    lines = ["[tool.mvenv.constraints]", 'pandas = ["numpy<2"]', extra]
    return "\n".join([*lines, *(f'{name} = ["+pandas=={THEIRS}"]' for name in engines)]) + "\n"


def project(tool_project: ToolProject, *requirements: str, engines: tuple[str, ...]) -> ProjectFolder:
    """Return a project of which these engines see the later pandas, with the module `frames`.

    :param requirements: beside the application's pandas.
    """
    made = tool_project(
        *(f"pandas=={OWN}", *requirements), isolate=engines, extra=beside_other_pandas(*engines)
    )
    made.write("frames.py", MODULE)
    return made


MODULE = '''
    """What a program and its workers say of frames."""

    import pickle
    import re

    import pandas


    def version_of(frame):
        return re.search(rb"pandas@([0-9.]+[0-9])", pickle.dumps(type(frame)))[1].decode()


    def versions():
        import pandas as again

        return [pandas.__version__, again.__version__]


    def look(frame):
        import pandas as again

        own = isinstance(frame, pandas.DataFrame)
        return [version_of(frame), own, own == isinstance(frame, again.DataFrame), int(frame.a.sum())]


    def made(number):
        return pandas.DataFrame({"a": [number]})
    '''
"""The application's module `frames`."""

OF_A_PROGRAM = """
    def seen():
        import pandas as again
        return [pandas.__version__, again.__version__]

    def kind(shape):
        return [type(shape) is dep_b.Shape, shape.version, type(shape)(2)]

    class Counter:
        def __init__(self):
            self.looked = []

        def add(self, frame):
            self.looked.append(frames.look(frame))
            return self.looked[-1]

        def versions(self):
            return seen()
"""
"""What stands in a program itself, so that it travels by value."""

SEES_OWN = [OWN, OWN]
LOOKS = {"own": [OWN, True, True, 3], "theirs": [THEIRS, False, True, 3]}
"""What `frames.look` says of a frame of each version whose sum is 3."""
