"""The wheels of the tests of objects that cross over: a library of shapes in two versions, and who uses it.

`dep_a` needs `shapes` 1, `dep_b` needs 2; `dep_c` needs 1 as well, and an `extra` that neither has beside it, so
that its environment borrows `shapes`. The application declares all three, but not `shapes` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.shim.universe import VERSIONS, source

if TYPE_CHECKING:
    from tests.support.wheels import Index

DIRECT = ("dep-a", "dep-b", "dep-c", "common")

_SHAPES = {
    "shapes/__init__.py": """
        from .solid import *
        from .solid import _Unit, UNIT

        VERSION = "@@"
        """,
    "shapes/solid.py": """
        import dataclasses
        import enum
        import functools
        import threading

        class Point:
            version = "@@"

            def __init__(self, x, y):
                self.x, self.y = x, y

            def __eq__(self, other):
                return type(other) is type(self) and vars(other) == vars(self)

            __hash__ = None

            def __add__(self, other):
                if not isinstance(other, Point):
                    return NotImplemented
                return Point(self.x + other.x, self.y + other.y)

            def move(self, by):
                if not isinstance(by, (Point, complex)):
                    raise TypeError("expected a Point or a complex number")
                return self + by

            def scaled(self, factor):
                return Point(self.x * factor, self.y * factor)

            @classmethod
            def origin(cls):
                return cls(0, 0)

        class Circle(Point):
            def __init__(self, x, y, radius):
                super().__init__(x, y)
                self.radius = radius

        class Slotted:
            __slots__ = ("one", "two")

            def __init__(self, one, two):
                self.one, self.two = one, two

        class Colour(enum.Enum):
            RED = 1
            BLUE = 2

        class _Unit:
            def __reduce__(self):
                return "UNIT"

        UNIT = _Unit()

        class Node:
            def __init__(self, name):
                self.name, self.parent, self.children = name, None, []

            def add(self, child):
                child.parent = self
                self.children.append(child)
                return child

        class Shelf(dict):
            pass

        class Failure(Exception):
            pass

        class Refusing:
            def __reduce__(self):
                raise TypeError("not me")

        class Lock:
            def __init__(self):
                self.lock = threading.Lock()

        def area(point):
            return point.x * point.y

        @functools.lru_cache
        def cached(number):
            return number

        def parse(text, *points):
            return int(text)

        def local():
            class Local:
                def method(self):
                    pass
            return Local()

        @dataclasses.dataclass(frozen=True, slots=True)
        class Tag:
            name: str
            point: Point

        @dataclasses.dataclass
        class Linked:
            name: str
            other: "Linked | None" = None

        def plus(a, b):
            return a + b

        def checked(point):
            assert isinstance(point, Point), "a Point"
            return point

        def refuse(number, point=None):
            if number < 0:
                raise ValueError("negative")
            return number
        """,
}

_ONE = """
    @dataclasses.dataclass
    class Box:
        corner: Point
        items: list = dataclasses.field(default_factory=list)
        old: int = 0
        made: str = dataclasses.field(init=False, default="")

        def __post_init__(self):
            self.made = "made by 1"

    class Gone:
        pass

    class Strict:
        def __init__(self):
            self.value = 1

    def join(point, separator=","):
        return separator

    Point.join = join
    """

_TWO = """
    @dataclasses.dataclass
    class Box:
        corner: Point
        items: list = dataclasses.field(default_factory=list)
        colour: Colour = Colour.RED
        made: str = dataclasses.field(init=False, default="")

        def __post_init__(self):
            if not isinstance(self.corner, Point):
                raise TypeError("corner")
            self.made = "made by 2"

    class Strict:
        def __setstate__(self, state):
            raise ValueError("not my state")

    def norm(self):
        return abs(complex(self.x, self.y))

    Point.norm = norm

    def join(point, glue=","):
        return glue

    Point.join = join
    """

_DEPENDANT = """
    from operator import index

    import shapes
    from shapes import solid

    VERSION = shapes.VERSION

    def point(x=1, y=2):
        return shapes.Point(x, y)

    def use(point):
        return shapes.Point.origin().move(point)

    def norm(point):
        return point.norm()

    def is_point(value):
        return isinstance(value, shapes.Point)

    def take(value, times=1):
        if not is_point(value):
            raise TypeError("expected a Point")
        return value

    def repeat(value, times):
        if not times.isdigit():
            raise TypeError("expected digits")
        return value

    def joined(point):
        return point.join(glue="+")

    def report(number, *points):
        if number < 0:
            raise ValueError("negative")
        return [shapes.area(point) for point in points]

    def call(function, *arguments):
        return function(*arguments)
    """

_COMMON = {
    "common/__init__.py": """
        class Holder:
            def __init__(self, **contents):
                self.__dict__.update(contents)

        class Token:
            def __reduce__(self):
                raise TypeError("there is one of me")

        TOKEN = Token()

        def call(function, *arguments):
            return function(*arguments)
        """,
}


def publish(index: Index) -> None:
    """Put every wheel into *index*."""
    index.add("common", "5", files=source(_COMMON, "5"))
    for version, more in zip(VERSIONS, (_ONE, _TWO), strict=True):
        files = source(_SHAPES, version)
        name = {"1": "early", "2": "late"}[version]
        files["shapes/solid.py"] += source({"": more}, version)[""]
        files[f"shapes/{name}.py"] = f'class Moved:\n    version = "{version}"\n'
        files["shapes/__init__.py"] += f"from .{name} import Moved\n"
        index.add("shapes", version, requires=["common"], files=files)
    for letter, version in (("a", "1"), ("b", "2"), ("c", "1")):
        extra = "2" if letter == "c" else "1"
        index.add(
            f"dep-{letter}",
            f"{version}.0",
            requires=[f"shapes=={version}", f"extra=={extra}"],
            files=source({f"dep_{letter}/__init__.py": _DEPENDANT}, version),
        )
    for version in VERSIONS:
        index.add("extra", version, files=source({"extra.py": 'VERSION = "@@"\n'}, version))
