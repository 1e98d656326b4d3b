"""A FastAPI service on pydantic 2 and SQLAlchemy 2, beside a library on pydantic 1 and SQLAlchemy 1.4."""

import json
import socket
import threading
import urllib.request

import legacy_store
import pydantic
import sqlalchemy
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, computed_field
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

engine = sqlalchemy.create_engine(
    "sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool
)


class Base(DeclarativeBase):
    """The tables of this service."""


class Sale(Base):
    """One line of the cash book."""

    __tablename__ = "sales"
    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    cents: Mapped[int]


class Order(BaseModel):
    """What a customer sends."""

    item: str
    pieces: int = pydantic.Field(gt=0)


class Receipt(BaseModel):
    """What a customer gets; `computed_field` is pydantic 2's."""

    item: str
    pieces: int
    cents: int

    @computed_field
    def price(self) -> str:
        return f"{self.cents / 100:.2f}"


app = FastAPI()


@app.post("/orders")
def place_order(order: Order) -> Receipt:
    """Look the item up in the old store, book the sale in the new database."""
    item = legacy_store.find(order.item)
    with Session(engine) as session:
        session.add(Sale(item=item.name, cents=item.cents * order.pieces))
        session.commit()
        booked = session.scalars(sqlalchemy.select(Sale)).one()
        return Receipt(item=booked.item, pieces=order.pieces, cents=booked.cents)


def post(url: str, body: dict[str, object]) -> str:
    """Send JSON, return the answer's text."""
    request = urllib.request.Request(
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=30) as response:
        return response.read().decode()


def main() -> None:
    Base.metadata.create_all(engine)
    legacy_store.add("  tea pot ", cents=1250)

    print(f"app:          pydantic {pydantic.VERSION}, sqlalchemy {sqlalchemy.__version__}")
    print("legacy_store: pydantic {pydantic}, sqlalchemy {sqlalchemy}".format(**legacy_store.VERSIONS))

    # The socket listens before the server starts: the request waits in its queue and cannot come too early.
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        port = listener.getsockname()[1]
        print("response:    ", post(f"http://127.0.0.1:{port}/orders", {"item": "Tea Pot", "pieces": 2}))
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
