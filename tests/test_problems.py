"""Bad rule files in, what an author reads about them out: `problems/` holds both, side by side.

A case is a file `NAME.yaml`, or a folder `NAME` with the files of one rule set; `NAME.txt` is the
whole text. `pytest tests/test_problems.py --update` writes the texts anew, to be read in the diff.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import MESSAGES, RuleTextError
from tallystick.dsl.source import Source

FOLDER = Path(__file__).parent / "problems"

# Too large to be kept.
MADE: dict[str, Callable[[], str]] = {
    "file_too_large": lambda: "# rules\n" * 1_250_000 + "#",
    "too_many_values": lambda: "define: [" + "a," * 500_000 + "]\n",
    "too_many_definitions": lambda: "define:\n" + "".join(f"  d{i}: sku\n" for i in range(10_001)),
}


def sources_of(name: str) -> list[Source]:
    """The files of a case, named as from inside the folder of all cases."""
    if name in MADE:
        return [Source(f"{name}.yaml", MADE[name]())]
    path = FOLDER / name
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [FOLDER / f"{name}.yaml"]
    return [
        Source(
            file.relative_to(FOLDER).as_posix(),
            file.read_bytes().decode("utf-8", "surrogateescape"),
        )
        for file in files
    ]


def list_names() -> list[str]:
    """Every case."""
    files = {path.stem for path in FOLDER.glob("*.yaml")}
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    return sorted(files | folders | MADE.keys())


@pytest.mark.parametrize("name", list_names())
def test_what_an_author_reads(name: str, is_update: bool) -> None:
    with pytest.raises(RuleTextError) as caught:
        load_sources(sources_of(name))
    text = f"{caught.value}\n"
    path = FOLDER / f"{name}.txt"
    if is_update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_code_has_a_case() -> None:
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")]
    shown = {code for text in texts for code in re.findall(r"^R\d{3}", text, re.MULTILINE)}
    assert sorted(MESSAGES.keys() - shown) == []
    assert sorted(shown - MESSAGES.keys()) == []


def test_no_text_without_its_case() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(list_names())
