"""Options and fixtures for all tests."""

from typing import Literal

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` writes down what comes out now as what is expected."""
    parser.addoption("--update", action="store_true", help="rewrite expected outputs")


@pytest.fixture
def is_update(request: pytest.FixtureRequest) -> bool:
    """Whether expected outputs are to be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(params=["reference", "kernel"])
def evaluator(request: pytest.FixtureRequest) -> Literal["reference", "kernel"]:
    """Who prices: whatever is tested with it holds for both."""
    chosen: Literal["reference", "kernel"] = request.param
    return chosen
