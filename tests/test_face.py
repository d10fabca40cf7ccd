"""What `import tallystick` gives: all its names, when they are asked for and not before."""

import subprocess
import sys

import pytest

import tallystick
from tallystick import face


def run(code: str) -> str:
    """What some code prints in a process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_all_names_are_there() -> None:
    assert set(face.__all__) <= set(dir(tallystick))
    assert all(getattr(tallystick, name) is getattr(face, name) for name in face.__all__)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(AttributeError, match="module 'tallystick' has no attribute 'Enigne'"):
        getattr(tallystick, "Enigne")  # noqa: B009


@pytest.mark.parametrize(
    "code",
    [
        "import tallystick; print(tallystick.Engine.__name__)",
        "from tallystick import Engine; print(Engine.__name__)",
        "from tallystick import *; print(Engine.__name__)",
        "import tallystick.version, tallystick; print(tallystick.Engine.__name__)",
    ],
)
def test_a_name_is_there_however_it_is_asked_for(code: str) -> None:
    assert run(code) == "Engine\n"


def test_the_version_waits_for_no_engine() -> None:
    code = "import sys, tallystick; print(tallystick.__version__, 'numpy' in sys.modules)"
    assert run(code) == f"{tallystick.__version__} False\n"
