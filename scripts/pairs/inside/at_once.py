"""Runs in the project of a pair: `at_once.py THREADS SECONDS VERSION VERSION`, all threads at the first import of all.

Half of the threads import `dep_a`, half `dep_b`; each asks for the version, which is the one given, and uses it. If it
has not ended after the seconds, it says on stderr where the threads stand, and ends.
"""

import faulthandler
import importlib
import os
import sys
import threading
import traceback

PACKAGES = ("dep_a", "dep_b")


def main() -> None:
    """Start the threads; the last line of the output says that all were right."""
    faulthandler.enable()
    count, seconds, *versions = sys.argv[1:]
    faulthandler.dump_traceback_later(float(seconds), exit=True)
    barrier = threading.Barrier(int(count))
    modules: dict[str, object] = {}
    wrong: list[str] = []
    one_user = (threading.Lock(), threading.Lock())

    def work(side: int) -> None:
        name = PACKAGES[side]
        barrier.wait()
        try:
            module = importlib.import_module(name)
            if module is not modules.setdefault(name, module):
                wrong.append(f"{name} was loaded twice")
            if module.version() != versions[side]:
                wrong.append(f"{name} found {module.version()}, not {versions[side]}")
            with one_user[side]:  # libraries need not stand several threads of their own
                module.use()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the outcome
            last = traceback.extract_tb(error.__traceback__)[-1]
            wrong.append(f"{name}: {type(error).__name__}: {error} ({last.filename}:{last.lineno})")

    threads = [threading.Thread(target=work, args=(number % 2,)) for number in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(wrong[0].replace("\n", " ") if wrong else "all right", flush=True)
    if wrong:
        os._exit(1)


if __name__ == "__main__":
    main()
