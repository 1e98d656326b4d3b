"""Fixtures of the integration tests: each runs the real `mvenv` on tiny wheels, without a network."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import Workshop, built_conflict, copy

pytest.register_assert_rewrite("tests.integration.refusals")  # so that its assertions explain themselves

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


@pytest.fixture(scope="session")
def uv_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of uv's for the tests alone."""
    return tmp_path_factory.mktemp("uv-cache")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, uv_cache: Path) -> Workshop:
    """Makes the projects that the tests of a module share."""
    return Workshop(tmp_path_factory.mktemp("workshop"), uv_cache)


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """A project with a conflict that was built before; the tests of a module share it and leave it as it is."""
    return built_conflict(workshop)[1]


@pytest.fixture
def built(conflict: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of that project, for a test that changes it."""
    return copy(conflict, tmp_path / "built")


@pytest.fixture
def project(project: ProjectFolder, uv_cache: Path) -> ProjectFolder:
    """An empty project that knows the wheels of `index`; uv keeps what it caches away from the developer's."""
    return dataclasses.replace(project, environment={**project.environment, "UV_CACHE_DIR": str(uv_cache)})
