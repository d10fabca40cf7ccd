"""Rule files in, what an author reads about them out: both stand side by side.

`problems/` holds files that are wrong, `warnings/` files that may not mean what they say. A case is
a file `NAME.yaml`, or (of problems) a folder `NAME` with the files of one rule set; `NAME.txt` is
the whole text. `pytest tests/test_problems.py --update` writes the texts anew, to be read in the
diff.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.dsl.audit import concerns
from tallystick.dsl.audit.audit import audit_sources
from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import MESSAGES, RuleTextError
from tallystick.dsl.source import Source

FOLDER = Path(__file__).parent / "problems"
WARNINGS = Path(__file__).parent / "warnings"

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
    return [read_source(file, FOLDER) for file in files]


def list_names() -> list[str]:
    """Every case."""
    files = {path.stem for path in FOLDER.glob("*.yaml")}
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    return sorted(files | folders | MADE.keys())


def read_source(file: Path, folder: Path) -> Source:
    """A file named as from inside the folder of all cases."""
    name = file.relative_to(folder).as_posix()
    return Source(name, file.read_bytes().decode("utf-8", "surrogateescape"))


def hold(text: str, path: Path, is_update: bool) -> None:
    """Compare a text with the file it is kept in."""
    if is_update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list_names())
def test_what_an_author_reads(name: str, is_update: bool) -> None:
    with pytest.raises(RuleTextError) as caught:
        load_sources(sources_of(name))
    hold(f"{caught.value}\n", FOLDER / f"{name}.txt", is_update)


@pytest.mark.parametrize("file", sorted(WARNINGS.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_an_author_is_warned_of(file: Path, is_update: bool) -> None:
    _, found = audit_sources([read_source(file, WARNINGS)])
    text = "\n\n".join(one.render() for one in found)
    hold(f"{text}\n", file.with_suffix(".txt"), is_update)


def test_every_code_has_a_case() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in (*FOLDER.glob("*.txt"), *texts_of_warnings())
    ]
    shown = {code for text in texts for code in re.findall(r"^[RWN]\d{3}", text, re.MULTILINE)}
    known = MESSAGES.keys() | concerns.MESSAGES.keys()
    assert sorted(known - shown) == []
    assert sorted(shown - known) == []


def texts_of_warnings() -> list[Path]:
    """What authors read about the files in `warnings/`."""
    return sorted(WARNINGS.glob("*.txt"))


def test_no_text_without_its_case() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(list_names())
    assert {path.stem for path in texts_of_warnings()} == {p.stem for p in WARNINGS.glob("*.yaml")}


def test_no_warning_has_the_number_of_another() -> None:
    numbers = [code[1:] for code in concerns.MESSAGES]
    assert len(numbers) == len(set(numbers))
