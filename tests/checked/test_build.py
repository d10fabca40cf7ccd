"""The build under test: every compiled module is the checked one, and its alarm rings.

A run over the ordinary modules would find nothing and look just as good.
"""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKED = ROOT / "build" / "checked"
FOLDERS = (
    "dsl",
    "dsl/document",
    "dsl/expression",
    "dsl/tree",
    "engine/kernel",
    "engine/plan",
    "engine/port",
)
NAMES = [
    ".".join(("tallystick", *path.relative_to(ROOT).with_suffix("").parts))
    for folder in FOLDERS
    for path in sorted((ROOT / folder).glob("*.pyx"))
]


@pytest.mark.parametrize("name", NAMES)
def test_the_checked_module_is_loaded(name: str) -> None:
    path = Path(str(importlib.import_module(name).__file__))
    assert path.is_relative_to(CHECKED), f"{path} is not of the checked build"
    assert b"__asan_report_load" in path.read_bytes(), f"{path} was built without sanitizers"


def test_a_report_ends_the_run() -> None:
    program = "import ctypes; ctypes.memset(ctypes.create_string_buffer(64), 0, 10**4)"
    ended = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, check=False)
    assert ended.returncode != 0
    assert b"AddressSanitizer" in ended.stderr
