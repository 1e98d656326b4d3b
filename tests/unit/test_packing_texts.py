"""The files of an environment that name places: no place is left in them, or the one that is asked for."""

from __future__ import annotations

from orchestrator.packing import texts

CONFIGURATION = """\
home = /usr/lib/python/bin
implementation = CPython
version = 3.11.7
executable = /usr/lib/python/bin/python3.11
prompt = "shop"
include-system-site-packages = false
base-prefix = /usr/lib/python
base-exec-prefix = /usr/lib/python
base-executable = /usr/lib/python/bin/python3
relocatable = true
"""

SCRIPT = b"""\
#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
import sys
"""


def test_a_configuration_for_any_place_keeps_the_key_that_makes_it_one() -> None:
    assert texts.configuration(CONFIGURATION, "").splitlines() == [
        "home =",
        "implementation = CPython",
        "version = 3.11.7",
        'prompt = "shop"',
        "include-system-site-packages = false",
        "relocatable = true",
    ]


def test_a_configuration_for_one_place() -> None:
    text = texts.configuration(CONFIGURATION, "/app/.python/bin")
    assert "home = /app/.python/bin\n" in text
    assert "/usr" not in text


def test_a_script_for_one_place_starts_there_at_once() -> None:
    assert texts.script(SCRIPT, "/app/.venv/bin/python") == b"#!/app/.venv/bin/python\nimport sys\n"


def test_a_place_that_no_first_line_can_name() -> None:
    assert texts.script(SCRIPT, "/my app/.venv/bin/python") == SCRIPT
    assert texts.script(SCRIPT, f"/{'a' * 120}/.venv/bin/python") == SCRIPT


def test_other_scripts_stay_what_they_are() -> None:
    for content in (b"#!/bin/sh\nexec true\n", b"\x7fELF\0", b"", b"#!/usr/bin/env python\n" + SCRIPT):
        assert texts.script(content, "/app/.venv/bin/python") == content


def test_what_is_local() -> None:
    assert texts.is_local(b'{"url": "file:///home/me/lib", "dir_info": {"editable": true}}')
    assert not texts.is_local(b'{"url": "https://example.org/lib.git", "vcs_info": {}}')
    assert not texts.is_local(b"[]")
    assert not texts.is_local(b"no JSON")


def test_a_record_without_what_is_left_out() -> None:
    record = b"lib.py,sha256=1,2\nlib-1.dist-info/direct_url.json,sha256=3,4\nlib-1.dist-info/RECORD,,\n"
    assert texts.record(record, ["direct_url.json"]) == b"lib.py,sha256=1,2\nlib-1.dist-info/RECORD,,\n"
    assert texts.record(record, ["uv_cache.json"]) == record
