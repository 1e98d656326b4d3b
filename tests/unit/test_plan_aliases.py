"""What import aliases stand for: which module of which environment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.config.model import DirectRequirement, ImportAlias
from orchestrator.errors import ConfigError
from orchestrator.plan.aliases import AliasTarget, application_aliases
from orchestrator.plan.model import APPLICATION
from orchestrator.plan.views import application_view
from tests.unit.plan_values import group, holds, known, plan_of, resolved

if TYPE_CHECKING:
    from orchestrator.plan.aliases import ApplicationAliases
    from orchestrator.plan.model import Contents, Knowledge
    from orchestrator.resolution.outcome import ResolvedGroup


def alias(name: str, requirement: str, module: str = "") -> ImportAlias:
    """Return an entry of `[tool.mvenv.aliases]`."""
    distribution = requirement.partition("==")[0]
    entry = f"tool.mvenv.aliases.{name}"
    return ImportAlias(DirectRequirement(requirement, distribution, entry, (), (), alias=name), module)


def aliased(requirement: str, pins: str, *names: str, **requires: str) -> ResolvedGroup:
    """Return a group that holds nothing but what is imported under aliases."""
    return replace(group("", resolved(pins, **requires)), aliases=dict.fromkeys(names, requirement))


def targets(
    groups: list[ResolvedGroup], knowledge: Knowledge, *aliases: ImportAlias, direct: str = "lib"
) -> ApplicationAliases:
    """Return what aliases stand for in the plan of some groups."""
    plan = plan_of(*groups, knowledge=knowledge)
    return application_aliases(plan, knowledge, aliases, application_view(plan, knowledge, direct.split()))


OWN = group("lib", resolved("lib==2"))
LIB = (holds("lib==1", "lib"), holds("lib==2", "lib"))


def test_the_module_in_the_group_of_the_alias() -> None:
    found = targets([OWN, aliased("lib==1", "lib==1", "old")], known(*LIB), alias("old", "lib==1"))
    assert found.targets == {"old": AliasTarget("lib", "old")}
    assert found.warnings == ()


def test_several_aliases_are_sorted() -> None:
    groups = [OWN, aliased("lib==1", "lib==1", "b", "a")]
    found = targets(groups, known(*LIB), alias("b", "lib==1"), alias("a", "lib==1"))
    assert list(found.targets) == ["a", "b"]
    assert set(found.targets.values()) == {AliasTarget("lib", "b")}


def test_in_no_group() -> None:
    """An alias whose marker is false is nobody's."""
    assert (
        targets([OWN, aliased("lib==1", "lib==1", "old")], known(*LIB), alias("new", "lib==3")).targets == {}
    )


def test_borrowed_from_another_environment() -> None:
    """The instance may have its home in another group's environment."""
    first = group("a", resolved("a==1 lib==1", a="lib"))
    groups = [first, OWN, aliased("lib==1", "lib==1", "old")]
    found = targets(groups, known(*LIB, holds("a==1", "a")), alias("old", "lib==1"), direct="a lib")
    assert found.targets == {"old": AliasTarget("lib", "a")}


def test_unversioned() -> None:
    """Where there is no environment for it, it is what all share."""
    plan = replace(plan_of(aliased("lib==1", "lib==1", "old"), knowledge=known(*LIB)), homes=({},))
    view = application_view(plan, known(*LIB), [])
    found = application_aliases(plan, known(*LIB), [alias("old", "lib==1")], view)
    assert found.targets == {"old": AliasTarget("lib", APPLICATION)}


@pytest.mark.parametrize(
    ("imports", "module"),
    [
        ("only", "only"),
        ("_private only", "only"),
        ("docs lib_two tests", "lib_two"),
        ("Lib_Two tests", "Lib_Two"),
        ("lib.two lib.more", "lib.two"),
        ("lib.deep.part", "lib.deep.part"),
    ],
)
def test_which_module_is_meant(imports: str, module: str) -> None:
    """The only public one, or the one of the distribution's name."""
    found = of_lib_two(holds("lib-two==1", imports))
    assert found.targets["old"].module == module


@pytest.mark.parametrize(
    ("imports", "module"),
    [
        ("first second", "second"),
        ("first second", "second.part"),
        ("lib.two lib.more", "lib"),
        ("", "anything"),
    ],
)
def test_which_module_is_said(imports: str, module: str) -> None:
    """A module, one in it, or a namespace package that it has a portion of; what is not known is believed."""
    assert of_lib_two(holds("lib-two==1", imports), module=module).targets["old"].module == module


@pytest.mark.parametrize(
    ("imports", "module", "message"),
    [
        ("first second", "", "the alias `old` could mean several modules of lib-two 1"),
        ("first second", "third", "lib-two 1 has no module `third`"),
        ("first second", "fir", "lib-two 1 has no module `fir`"),
    ],
)
def test_unclear(imports: str, module: str, message: str) -> None:
    """The error lists the names, says where the alias is written, and what to write."""
    with pytest.raises(ConfigError) as raised:
        of_lib_two(holds("lib-two==1", imports), module=module)
    assert raised.value.message == message
    assert raised.value.causes == ("tool.mvenv.aliases.old: its import names are `first` and `second`",)
    assert raised.value.hints == (
        'say which one: `old = {requirement = "lib-two==1", module = "first"}` in `[tool.mvenv.aliases]`',
    )


@pytest.mark.parametrize("imports", ["", "_private"])
def test_nothing_to_import(imports: str) -> None:
    with pytest.raises(ConfigError, match="the alias `old` means no module: lib-two 1 has none to import"):
        of_lib_two(holds("lib-two==1", imports))


def of_lib_two(contents: Contents, module: str = "") -> ApplicationAliases:
    """Return what the alias `old` of `lib-two` stands for."""
    groups = [group("lib-two", resolved("lib-two==2")), aliased("lib-two==1", "lib-two==1", "old")]
    knowledge = known(contents, holds("lib-two==2", "lib_two"))
    return targets(groups, knowledge, alias("old", "lib-two==1", module), direct="lib-two")


def test_what_an_alias_hides() -> None:
    """Another environment's module, one that all share; not one that nobody would see."""
    knowledge = known(*LIB, holds("kit==1", "kit kit_tools"), holds("gone==1", "gone"))
    groups = [
        group("lib kit", resolved("lib==2 kit==1")),
        aliased("lib==1", "lib==1", "lib", "kit_tools", "gone"),
    ]
    aliases = [alias(name, "lib==1") for name in ("lib", "kit_tools", "gone")]
    found = targets(groups, knowledge, *aliases, direct="lib kit")
    assert found.warnings == (
        "the alias `lib`, lib 1, hides the module of that name that the application would see, lib 2's",
        "the alias `kit_tools`, lib 1, hides the module of that name that the application would see, kit 1's",
    )


def test_a_module_under_its_own_name_hides_nothing() -> None:
    """The application sees the only instance of a distribution anyway."""
    found = targets([aliased("lib==1", "lib==1", "lib")], known(*LIB), alias("lib", "lib==1"), direct="")
    assert found.targets == {"lib": AliasTarget("lib", "lib")}
    assert found.warnings == ()
