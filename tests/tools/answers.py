"""The application of the tests of servers and frameworks: a module `answers` that says which versions it is given.

Whoever runs it, a test or a server in an environment of its own, what it says must be `RIGHT`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.serving import Server

_SOURCE = """
    import importlib
    import importlib.metadata
    import importlib.util
    import multiprocessing
    import sys
    import threading

    import dep_a
    import dep_b
    import lib


    def own():
        import lib

        return lib.VERSION


    def each_side():
        return [own(), dep_a.version(), dep_b.version()]


    def answer():
        import lib.late

        found = {
            "each side": each_side(),
            "late": [lib.late.VERSION, dep_a.imported(), dep_b.imported()],
            "at the top": lib.VERSION,
            "by name": importlib.import_module("lib").VERSION,
            "sys.modules": sys.modules["lib"].VERSION,
            "metadata": importlib.metadata.version("lib"),
            "a spec": importlib.util.find_spec("lib").origin == lib.__file__,
            "called by dep_b": dep_b.call(own),
            "generated": eval("__import__('lib').VERSION"),
        }
        thread = threading.Thread(target=lambda: found.update(thread=dep_b.call(each_side)))
        thread.start()
        thread.join()
        return found


    def pooled(method):
        pool = multiprocessing.get_context(method).Pool(1)
        found = pool.apply(each_side)
        pool.close()  # not `terminate`: a forked child may have its server's own handler of SIGTERM
        pool.join()
        return found
    """

EACH_SIDE = ["1", "1", "2"]
RIGHT: dict[str, Any] = {
    "each side": EACH_SIDE,
    "late": EACH_SIDE,
    "at the top": "1",
    "by name": "1",
    "sys.modules": "1",
    "metadata": "1",
    "a spec": True,
    "called by dep_b": "1",
    "generated": "1",
    "thread": EACH_SIDE,
}


def write(project: ProjectFolder) -> None:
    """Write the module."""
    project.write("answers.py", _SOURCE)


def all_right(server: Server, *, pools: bool = True) -> None:
    """Ask for every answer, more than once: there may be several processes."""
    for _ in range(4):
        assert server.json() == RIGHT, server.log()
    if not pools:
        return
    found = {method: server.json(f"/pooled/{method}") for method in ("fork", "spawn", "forkserver")}
    assert found == dict.fromkeys(found, EACH_SIDE), server.log()


def reloads(project: ProjectFolder, server: Server) -> None:
    """Change the application, and ask again."""
    module = project.root / "answers.py"
    module.write_text(module.read_text().replace('"by name": ', '"changed": True, "by name": '))

    def changed() -> Any:
        return "changed" in (found := server.json()) and found

    assert server.wait_for(changed) == {**RIGHT, "changed": True}, server.log()
