"""Every example in a docstring of the product is run."""

import doctest
import importlib
from pathlib import Path

import pytest

import tallystick

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("dsl", "engine", "cli", "tallystick")
PATHS = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if ">>> " in path.read_text()
]


def name_of(path: Path) -> str:
    """The import name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[0] == tallystick.__name__ else (tallystick.__name__, *parts))


def test_there_are_examples() -> None:
    assert ROOT / "engine" / "money.py" in PATHS


@pytest.mark.parametrize("name", [name_of(path) for path in PATHS])
def test_examples_in_docstrings(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried > 0
    assert failed == 0
