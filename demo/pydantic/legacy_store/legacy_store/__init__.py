"""A library nobody ported: pydantic 1 models in an SQLAlchemy 1.4 database.

`validator`, `.dict()`, `engine.execute` and `select([…])` are the old ways; the new versions have removed
the last two, and pydantic 2 keeps the first two only as deprecated.
"""

import warnings

import pydantic
import sqlalchemy
from pydantic import BaseModel, validator
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.exc import RemovedIn20Warning
from sqlalchemy.pool import StaticPool

warnings.simplefilter("ignore", RemovedIn20Warning)  # we know

VERSIONS = {"pydantic": pydantic.VERSION, "sqlalchemy": sqlalchemy.__version__}


class Item(BaseModel):
    """What the store sells."""

    name: str
    cents: int

    class Config:
        allow_mutation = False

    @validator("name")
    def tidy(cls, name: str) -> str:
        return name.strip().title()


# One connection for all threads: every new connection to a database in memory would be a new database.
engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
items = Table(
    "items",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String, unique=True),
    Column("cents", Integer),
)
items.create(engine)


def add(name: str, cents: int) -> Item:
    """Store an item and return it as stored."""
    item = Item(name=name, cents=cents)
    engine.execute(items.insert(), **item.dict())
    return item


def find(name: str) -> Item:
    """Return the item of this name.

    :raises KeyError: there is none.
    """
    row = engine.execute(select([items.c.name, items.c.cents]).where(items.c.name == name)).first()
    if row is None:
        raise KeyError(name)
    return Item(**row)
