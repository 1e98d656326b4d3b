"""More ways to ask for a module: tools that are given a module's or a distribution's name (see `ways`)."""

from __future__ import annotations

METADATA = {
    "version and requires": """
        from importlib import metadata
        own = PACKAGE.replace("_", "-")
        return [metadata.version("lib"), metadata.requires("lib"), metadata.version(own), len(metadata.requires(own))]
        """,
    "files": """
        from importlib import metadata
        found = {str(file): file for file in metadata.files("lib")}
        return [found["lib/data.txt"].read_text(), str(found["lib/x.py"].locate())]
        """,
    "entry points": """
        from importlib import metadata
        found = metadata.entry_points(group="lib.plugins")
        return [[point.name, point.load()(), point.dist.version] for point in found]
        """,
    "packages_distributions": """
        from importlib import metadata
        found = metadata.packages_distributions()
        return [found.get(name) for name in ("lib", "duo", "only_a", "only_b", "pathy_module")]
        """,
    "distributions": """
        from importlib import metadata
        names = {"lib", "duo", "only-a", "only-b", "shared", "dep-a", "dep-b"}
        return sorted([found.name, found.version] for found in metadata.distributions() if found.name in names)
        """,
}

TOOLS = {
    "pydoc": """
        import pydoc
        thing = pydoc.locate("lib.mod.Thing")
        module, name = pydoc.resolve("lib.late")
        return [thing.version, module.VERSION, pydoc.getdoc(thing), "attr" in pydoc.plain(pydoc.render_doc("lib.mod")),
                pydoc.locate("lib.absent"), pydoc.importfile(module.__file__).VERSION]
        """,
    "dictConfig": """
        import logging, logging.config
        handlers = {"ours": {"class": "lib.handlers.Handler"}, "made": {"()": "lib.handlers.Handler"}}
        logger = {"handlers": ["ours", "made"]}
        logging.config.dictConfig({
            "version": 1, "disable_existing_loggers": False, "handlers": handlers, "loggers": {PACKAGE: logger}})
        return [handler.version for handler in logging.getLogger(PACKAGE).handlers]
        """,
    "fileConfig": """
        import io, logging, logging.config
        text = "[loggers]\\nkeys=root,one\\n[handlers]\\nkeys=ours\\n[formatters]\\nkeys=\\n"
        text += f"[logger_root]\\nhandlers=\\n[logger_one]\\nqualname={PACKAGE}\\nhandlers=ours\\n"
        text += "[handler_ours]\\nclass=lib.handlers.Handler\\nargs=()"
        logging.config.fileConfig(io.StringIO(text), disable_existing_loggers=False)
        return [handler.version for handler in logging.getLogger(PACKAGE).handlers]
        """,
    "mock.patch": """
        from unittest import mock
        import lib.mod
        with mock.patch("lib.mod.attr", "patched " + lib.mod.VERSION) as new, mock.patch("lib.late.VERSION", "new"):
            from lib.late import VERSION
            inside = [lib.mod.read_attr(), new, VERSION]
        with mock.patch("lib.mod.Thing", autospec=True):
            made = [type(lib.mod.Thing).__name__, type(lib.mod.Thing(1)).__name__]
        return [inside, made, lib.mod.read_attr(), lib.late.VERSION]
        """,
    "mock.patch.dict": """
        import sys, types
        from unittest import mock
        stand_in = types.ModuleType("lib.late")
        stand_in.VERSION = "stand-in for " + PACKAGE
        with mock.patch.dict("sys.modules", {"lib.late": stand_in, "lib.x": None}):
            from lib.late import VERSION
            try:
                import lib.x
            except ImportError as error:
                hidden = str(error)
        return [VERSION, hidden, __import__("lib.x").x.VERSION]
        """,
    "inspect": """
        import inspect, lib.mod
        found = [inspect.getmodule(lib.mod.Thing) is lib.mod, inspect.getmodule(lib.mod.read_attr) is lib.mod]
        sources = [inspect.getsource(thing) for thing in (lib.mod.Thing, lib.mod.read_attr, lib.mod)]
        return [found, sources, inspect.getfile(lib.mod.Thing), inspect.getmodulename(lib.mod.__file__)]
        """,
    "get_type_hints": """
        import typing, lib.mod
        hints = typing.get_type_hints(lib.mod.Record)
        def function(thing: "lib.mod.Thing") -> "lib.mod.Record": pass
        own = typing.get_type_hints(function, {"lib": lib})
        mine = own["return"].__dataclass_fields__["mine"]
        return [hints["thing"] is lib.mod.Thing, hints["thing"].version, mine.default]
        """,
    "dataclasses": """
        import dataclasses, typing
        from lib.mod import Record, Thing
        Made = dataclasses.make_dataclass("Made", [("extra", "typing.ClassVar[int]", 1)], bases=(Record,))
        made = dataclasses.replace(Made(Thing(1)), mine="new")
        return [[field.name for field in dataclasses.fields(Made)], made.thing.version, Record(Thing(2)).mine]
        """,
    "copy and pickle": """
        import copy, pickle
        from lib.mod import Record, Thing
        made = Record(Thing([1]))
        again = [copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))]
        classes = [pickle.loads(pickle.dumps(thing)) is thing for thing in (Record, Thing)]
        return [[type(one) is Record and type(one.thing) is Thing for one in again], classes, again[2].thing.version]
        """,
    "namedtuple and enum": """
        import collections, enum, lib.mod
        Point = collections.namedtuple("Point", "x y", module="lib.mod")
        Colour = enum.Enum("Colour", {"RED": lib.mod.VERSION}, module="lib.mod")
        return [Point(1, 2)._asdict(), Point.__module__, Colour.RED.value, Colour["RED"].__class__.__module__]
        """,
    "unittest": """
        import unittest, lib.mod
        found = unittest.defaultTestLoader.loadTestsFromName("lib.mod")
        return [found.countTestCases(), lib.mod.VERSION]
        """,
    "doctest": """
        import doctest
        test = doctest.DocTestParser().get_doctest(">>> import lib.late\\n>>> lib.late.VERSION", {}, "name", None, 0)
        out = []
        doctest.DocTestRunner(verbose=False).run(test, out=out.append, clear_globs=False)
        return [line.strip() for line in "".join(out).splitlines() if line.strip().startswith("'")]
        """,
    "singledispatch": """
        import functools
        from lib.mod import Thing
        @functools.singledispatch
        def name(value):
            return "other"
        name.register(Thing, lambda value: __import__("lib.late").late.VERSION)
        return [name(Thing(1)), name(1)]
        """,
    "warnings": """
        import warnings, brittle
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            brittle.old()
        return [[str(one.message) for one in caught], brittle.VERSION]
        """,
    "traceback": """
        import traceback
        try:
            import brittle.broken
        except ValueError as error:
            frames = traceback.extract_tb(error.__traceback__)
            return [str(error), [[frame.name, frame.line] for frame in frames][-2:], frames[-1].filename]
        """,
}
