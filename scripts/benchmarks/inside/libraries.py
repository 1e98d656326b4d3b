"""What isolated code does with real libraries: seconds for each, measured in a module beside them."""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
import pandas as pd
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from .rounds import told


class Order(BaseModel):
    """What is sent and answered."""

    item: str
    pieces: int


application = FastAPI()


@application.post("/orders")
def ordered(order: Order) -> Order:
    """Answer an order."""
    return order


def arrays():
    """Small arrays in a loop, where the calls cost and not the arithmetic."""
    one = np.arange(10.0)
    for _ in range(5000):
        one = np.sqrt(one * one + 1.0)
        one.sum()


def frames():
    """Make, join, group and sum small tables."""
    for _ in range(20):
        table = pd.DataFrame({"key": ["a", "b"] * 50, "value": range(100)})
        names = pd.DataFrame({"key": ["a", "b"], "name": ["first", "second"]})
        table.merge(names, on="key").groupby("name")["value"].sum().sort_index()


def series():
    """A small series in a loop."""
    for _ in range(300):
        pd.Series(range(10)).sum()


def requests():
    """Requests to an application of this environment, through its test client."""
    client = TestClient(application)
    for number in range(30):
        client.post("/orders", json={"item": "tea", "pieces": number}).json()


def main():
    """Print the seconds of each, as JSON."""
    told((arrays, series, frames, requests), rounds=7)
