"""From pages of the repository to pages of the site of `scripts/docs`."""

from __future__ import annotations

import pytest

from docs_site import pages


@pytest.mark.parametrize(
    ("page", "text", "in_the_site"),
    [
        ("limits.md", "[a](systems.md)", "[a](systems.md)"),
        ("limits.md", "[a](#names)", "[a](#names)"),
        ("limits.md", "[a](https://example.org/README.md)", "[a](https://example.org/README.md)"),
        ("limits.md", "[a](../CONTRIBUTING.md#how)", "[a](project/CONTRIBUTING.md#how)"),
        ("decisions/the-lock.md", "[a](../../README.md)", "[a](../project/README.md)"),
        ("decisions/the-lock.md", "[a](../limits.md)", "[a](../limits.md)"),
        ("project/README.md", "[a](docs/limits.md#names)", "[a](../limits.md#names)"),
        ("project/README.md", "[a](SECURITY.md)", "[a](SECURITY.md)"),
        ("project/README.md", "```\n[a](SECURITY.md)\n```", "```\n[a](SECURITY.md)\n```"),
        ("project/README.md", "[a](docs/README.md)\n```\n```", "[a](../README.md)\n```\n```"),
    ],
)
def test_links_lead_to_places_in_the_site(page: str, text: str, in_the_site: str) -> None:
    assert pages.as_in_the_site(text, page) == in_the_site


@pytest.mark.parametrize(
    ("text", "in_the_site"),
    [
        ("| `a \\| b` | c \\| d |", "| `a | b` | c \\| d |"),
        ("`a \\| b`", "`a \\| b`"),
        ("- item\n\n  below it\n", "- item\n\n    below it\n"),
        ("1. item\n   below it\n", "1. item\n    below it\n"),
        ("```\n  code\n```", "```\n  code\n```"),
    ],
)
def test_the_generators_markdown(text: str, in_the_site: str) -> None:
    assert pages.as_in_the_site(text, "limits.md") == in_the_site


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What two versions share", "what-two-versions-share"),
        ("Overrides: `custom_dependencies_versions.json`", "overrides-custom_dependencies_versionsjson"),
        ("pandas & pandas", "pandas--pandas"),
    ],
)
def test_anchors_are_those_of_the_repository(heading: str, anchor: str) -> None:
    assert pages.anchor(heading) == anchor


@pytest.mark.parametrize(
    ("html", "loaded"),
    [
        ('<script src="https://example.org/a.js">', ["https://example.org/a.js"]),
        ('<link rel="stylesheet" href="//example.org/a.css">', ["//example.org/a.css"]),
        ('<a href="https://example.org/">', []),
        ('<link rel="canonical" href="https://example.org/">', []),
        ('<script src="js/a.js">', []),
    ],
)
def test_what_a_page_loads_from_elsewhere(html: str, loaded: list[str]) -> None:
    assert pages.loaded_from_the_network(html) == loaded
