"""Options and fixtures for all tests."""

import os
import secrets
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings

# A machine that does something else is slow, and no test is about that.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

# What is random is drawn from it, in all processes that share the tests: TALLYSTICK_SEED=N repeats.
SEED = os.environ.setdefault("TALLYSTICK_SEED", str(secrets.randbelow(2**31) or 1))


def pytest_report_header() -> str:
    """The seed, told before anything can fail."""
    return f"TALLYSTICK_SEED={SEED}"


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
