"""Limits that concern whatever uses the feature: no build warns of them, docs/limits.md lists them."""

from __future__ import annotations

from orchestrator.limits.model import Limit

GENERAL = (
    Limit(
        "signal-handlers",
        "signal handlers (`signal.signal`)",
        "the handler that was set last gets the signal, whichever version set it",
        "set it in the application, after importing both sides, and call both",
    ),
    Limit(
        "codecs",
        "names of codecs (`codecs.register`)",
        "the version that registered a name first answers for both",
        "import first the version whose codec is meant",
    ),
    Limit(
        "exit-functions",
        "functions for the end (`atexit`)",
        "one queue, last registered first: one version's clean-up runs between the other's",
        "import last what must be cleaned up first",
    ),
    Limit(
        "warning-filters",
        "`warnings` filters",
        "a filter that one version adds hides, or turns into errors, the other's warnings",
        "set the filters in the application, after importing both sides",
    ),
    Limit(
        "logging",
        "the set-up of `logging`: root handlers, and the loggers of one name",
        "the first `basicConfig` wins; a level set for `lib` holds for the loggers of both versions",
        "set logging up in the application; tell versions apart by `%(pathname)s`",
    ),
    Limit(
        "sys-hooks",
        "hooks of `sys`: `excepthook`, `settrace`, `setprofile`, `stdout`",
        "the hook that was set last is called, the other's no more, unless it calls the one it found",
        "use one debugger, profiler or error reporter for the whole process",
    ),
    Limit(
        "monkey-patches",
        "patches of the standard library",
        "both sides run through the patch that was applied last",
        "patch in one version alone, or in the application",
    ),
    Limit(
        "builtins",
        "names written into `builtins` (`gettext.install`)",
        "both sides find what was written last",
        "import the name instead: `from … import gettext as _`",
    ),
    Limit(
        "registries",
        "registries of the standard library: `copyreg`, `mimetypes`, `csv` dialects, `sqlite3` converters, "
        "XML namespaces",
        "the entry that was made last is used by both sides",
        "where the functions offer it, pass the setting instead of registering it",
    ),
    Limit(
        "event-loop-policy",
        "the `asyncio` event loop policy",
        "both sides get loops of the policy that was set last",
        "set it in the application; or make the loop that is meant: `asyncio.Runner(loop_factory=…)`",
    ),
    Limit(
        "start-method",
        "the start method of `multiprocessing`",
        "the first `set_start_method` holds; the second version's ends in `RuntimeError`",
        "use `multiprocessing.get_context`",
    ),
    Limit(
        "working-directory",
        "the working directory",
        "`os.chdir` of one version moves the other as well",
        "use absolute paths",
    ),
    Limit(
        "caches-on-disk",
        "caches on disk: Jinja's bytecode, `joblib.Memory`, a folder under `~/.cache`",
        "what one version wrote the other reads, if the folder and the key are the same and the file does not say "
        "whose it is: Jinja 3.0.1 fails with bytecode of 3.1.4 (numba, matplotlib and Mako look at the version)",
        "give each side a folder of its own",
    ),
    Limit(
        "environment-variables",
        "environment variables",
        "both sides, and the C libraries below them, read what was written last",
        "set what both need before importing either",
    ),
    Limit(
        "interpreter-settings",
        "settings of the interpreter: recursion limit, switch interval, garbage collector",
        "both sides run with what was set last",
        "set them in the application, after importing both sides",
    ),
    Limit(
        "locale",
        "the locale",
        "both sides format and compare as `locale.setlocale` said last",
        "set it in the application",
    ),
    Limit(
        "socket-timeout",
        "the default timeout of sockets",
        "both sides' new sockets have what was set last",
        "give every connection its own timeout",
    ),
    Limit(
        "decimal-context",
        "the `decimal` context of a thread",
        "both sides calculate with the precision that was set last",
        "use `decimal.localcontext()`",
    ),
    Limit(
        "random-state",
        "the state of `random`",
        "one version's `random.seed` and draws change the numbers that the other gets",
        "use a `random.Random` of its own",
    ),
    Limit(
        "module-state",
        "the reverse: registries, caches and singletons in a library's own modules",
        "each version has its own, so what is registered with one is unknown to the other",
        "register with both",
    ),
)
