"""attrs and pydantic in two versions: classes whose methods are made by exec, used by their own and by others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.packages.sides import Sides, fixture

pytestmark = pytest.mark.index

REQUIRES = {
    "dep_a": ["attrs==23.1.0", "pydantic==1.10.19"],
    "dep_b": ["attrs==24.2.0", "pydantic==2.10.6"],
}

SOURCE = '''
from __future__ import annotations
import copy, dataclasses, functools, importlib, inspect, json, pickle, typing
import attr, attrs, pydantic

TWO = pydantic.VERSION.startswith("2")
Imported = pydantic.ImportString if TWO else pydantic.PyObject

def own_attrs(_=None):
    import attr
    from importlib.metadata import version
    return [attr.__version__ if hasattr(attr, "__version__") else None, version("attrs"), version("pydantic")]

@attr.s(auto_attribs=True)
class Old:
    text: str
    number: int = attr.ib(default=1, converter=int, validator=attr.validators.instance_of(int))
    found: list = attr.Factory(own_attrs)

@attrs.define
class New:
    old: Old
    text: str = attrs.field(default="x", converter=lambda text: [text, own_attrs()])
    @text.validator
    def check(self, attribute, value):
        import attrs
        assert attribute.name in [field.name for field in attrs.fields(type(self))]

@attrs.frozen
class ByImport:
    module: object = attrs.field(converter=importlib.import_module)

class Inner(pydantic.BaseModel):
    number: int

class Model(pydantic.BaseModel):
    inner: Inner
    what: typing.Optional[Imported] = None
    text: str = pydantic.Field(default_factory=lambda: str(own_attrs()))

@pydantic.dataclasses.dataclass
class PydanticData:
    inner: Inner
    number: int = 3

@dataclasses.dataclass
class StandardData:
    inner: Inner
    found: list = dataclasses.field(default_factory=own_attrs)
    loaded: object = dataclasses.field(default_factory=functools.partial(importlib.import_module, "attrs"))

def dumped(model):
    return model.model_dump_json() if TWO else model.json()

def made(name="Made"):
    scope = {"__name__": __name__, "pydantic": pydantic, "attrs": attrs, "own_attrs": own_attrs, "typing": typing}
    exec(f"""
class {name}(pydantic.BaseModel):
    number: int
    again: "typing.Optional[{name}]" = None
    version: str = pydantic.VERSION

@attrs.define
class {name}Attrs:
    number: int = attrs.field(converter=int)
    found: list = attrs.field(factory=own_attrs)
""", scope)
    return scope[name], scope[name + "Attrs"]

def use_attrs():
    old = Old("a", "5")
    new = New(old)
    source = inspect.getsource(Old.__init__).splitlines()[0]
    return [attr.asdict(old), attrs.asdict(new), repr(new), New(old) == new, source, str(inspect.signature(New)),
            attrs.evolve(new, text="y").text, pickle.loads(pickle.dumps(new)) == new, copy.deepcopy(new) == new]

def use_resolved_types():
    return [field.type.__name__ for field in attrs.fields(attrs.resolve_types(New))] + own_attrs()

def use_pydantic():
    model = Model(inner={"number": "7"})
    return [dumped(model), repr(model), pickle.loads(pickle.dumps(model)) == model, copy.deepcopy(model) == model,
            repr(PydanticData({"number": "1"}, "4")), str(inspect.signature(Model))]

def use_errors():
    try:
        Model(inner={})
    except pydantic.ValidationError as error:
        return [str(error).splitlines()[:2], type(error).__module__]

def use_import_string():
    return Model(inner={"number": 1}, what="pydantic.VERSION" if not TWO else "pydantic:VERSION").what

def use_generic():
    kind = pydantic.create_model("Kind", inner=(Inner, ...), version=(str, pydantic.VERSION))
    return [dumped(kind(inner={"number": 2})), kind.__module__ in (__name__, "pydantic.main")]

def use_made():
    model, kind = made()
    return [repr(model(number="5")), repr(kind("6")), model.__module__, kind.__module__]

def use_converter_that_imports():
    return importlib.metadata.version("attrs") + ByImport("pydantic").module.VERSION

def use_standard_dataclass():
    found = StandardData(Inner(number=1))
    return [found.found, found.loaded is attrs, repr(dataclasses.replace(found, loaded=None))]

USES = {name: function for name, function in list(globals().items()) if name.startswith("use_")}
globals().update({name.replace("use_", "outcome_"): function for name, function in USES.items()})
'''

# What somebody else's code does with the classes themselves, so that no frame of their environment is below.
USED_BY_OTHERS = """
import json
import dep_a, dep_b

def use(side):
    model, kind = side.made()
    old = side.Old("a", "5")
    found = [repr(old), repr(side.New(old)), repr(kind("6")), repr(model(number="5")),
             repr(side.PydanticData({"number": "1"}, "4")), side.dumped(side.Model(inner={"number": 7})),
             side.StandardData(side.Inner(number=1)).found]
    return found

print(json.dumps({side.__name__: use(side) for side in (dep_a, dep_b)}))
"""

OUTCOMES = [line[8:].partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def use_")]


# `dep_a` with pydantic 1, `dep_b` with pydantic 2, each with an attrs of its own.
sides = fixture(SOURCE, REQUIRES)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcome(sides: Sides, outcome: str) -> None:
    """Classes work for their own environment as in a plain venv."""
    sides.assert_equal(outcome)


def test_used_by_others(sides: Sides) -> None:
    """Their generated methods do their environment's work when the application calls them."""
    found = json.loads(sides.project.python("-c", USED_BY_OTHERS).out)
    for side, plain in sides.plain.items():
        program = USED_BY_OTHERS.replace("dep_a, dep_b\n", f"{side}\n").replace(
            "(dep_a, dep_b)", f"({side},)"
        )
        expected: Any = json.loads(plain.python("-c", program, cwd=sides.project.root.parent).out)
        assert found[side] == expected[side]


@pytest.mark.parametrize(
    "expression",
    [
        "side.Model(inner={'number': 1}, what='pydantic.VERSION' if not side.TWO else 'pydantic:VERSION').what",
        "side.StandardData(side.Inner(number=1)).loaded.__version__",
        "side.ByImport('pydantic').module.VERSION",
    ],
    ids=["pydantic's ImportString", "dataclass's default_factory", "attrs's converter"],
)
def test_imports_in_generated_code(sides: Sides, expression: str) -> None:
    """What a generated method imports by itself is its environment's, when the application calls it."""
    program = f"import json, dep_a, dep_b; print(json.dumps([{expression} for side in (dep_a, dep_b)]))"
    found = json.loads(sides.project.python("-c", program).out)
    for version, (side, plain) in zip(found, sides.plain.items(), strict=True):
        alone = f"import {side} as side; print({expression})"
        assert version == plain.python("-c", alone, cwd=sides.project.root.parent).out.strip()
