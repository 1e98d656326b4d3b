"""Part of the programs of several tests: a function's answer from a child process of its own."""

from __future__ import annotations

IN_CHILD = """
def in_child(function, longest=0):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        import signal
        signal.alarm(longest)
        try:
            with open(writing, "w") as file:
                try:
                    json.dump(function(), file)
                except BaseException:
                    json.dump({"died": traceback.format_exc()}, file)
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"died": "without a word, or of a hang"}
"""
