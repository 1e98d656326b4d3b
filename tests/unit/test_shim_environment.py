"""What an environment sees."""

from __future__ import annotations

from runtime_shim.model.environment import Environment, known


def test_the_standard_library_comes_before_what_is_installed() -> None:
    """A backport named like a module of the standard library is never found: `site-packages` is searched last."""
    application = Environment("application", None, ["/project/.venv/site"])
    isolated = Environment("dep-a", application, ["/project/py_modules/a/site"])
    isolated.see({"dataclasses": isolated, "asyncio.tasks": isolated, "backported": isolated})
    assert isolated.owner("dataclasses") is application
    assert isolated.owner("backported") is isolated
    assert not {"dataclasses", "asyncio"} & known.versioned_import_names
