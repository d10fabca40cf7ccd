"""The house itself: who may import whom, how long things are, and what must never appear.

The exceptions are a ratchet: each is listed with its size, and fails when it grows.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallystick.dsl.audit import concerns
from tallystick.dsl.problems import MESSAGES

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("dsl", "engine", "tallystick", "store", "cli")
# A folder imports only itself and these. The face, tallystick/face, wires everything.
MAY_IMPORT = {
    "dsl": set(),
    "engine": {"dsl"},
    "tallystick": {"dsl", "engine"},
    "store": {"dsl", "engine", "tallystick"},
    "cli": {"dsl", "engine", "store", "tallystick"},
}
FILE_LINES_MAX = 400
KERNEL_LINES_MAX = 600
FUNCTION_LINES_MAX = 50
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
CLOCKS = {"time", "random", "secrets", "socket", "subprocess"}
VAGUE = {"utils", "helpers", "common", "manager", "core"}


def tracked(*suffixes: str) -> list[Path]:
    """The files of the repository with one of these endings."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [ROOT / name for name in names if name.endswith(suffixes) and (ROOT / name).exists()]


def code() -> list[Path]:
    """The Python and Cython files of the product."""
    return [path for path in tracked(".py", ".pyx") if home(path) in FOLDERS]


def home(path: Path) -> str:
    """The top folder of a file."""
    return path.relative_to(ROOT).parts[0]


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """What a Python file imports of the product, as parts of the full name."""
    package = ("tallystick", *path.relative_to(ROOT).parent.parts)
    if home(path) == "tallystick":
        package = package[1:]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield (*base, *(node.module or "").split("."))
        elif isinstance(node, ast.Import):
            yield from (tuple(name.name.split(".")) for name in node.names)


@pytest.mark.parametrize("path", [p for p in code() if p.suffix == ".py"], ids=str)
def test_imports_go_one_way(path: Path) -> None:
    for name in imports(path):
        if name[0] != "tallystick" or len(name) < 2:
            continue
        target = name[1] if name[1] in FOLDERS else "tallystick"
        assert target == home(path) or target in MAY_IMPORT[home(path)], ".".join(name)


def test_no_import_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for path in code():
        if path.suffix == ".py":
            name = ".".join(("tallystick", *path.relative_to(ROOT).with_suffix("").parts))
            graph[name.removesuffix(".__init__")] = {
                ".".join(target) for target in imports(path) if target[0] == "tallystick"
            }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for target in graph.get(name, ()):
                visit(target, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("path", code(), ids=str)
def test_files_are_short(path: Path) -> None:
    most = KERNEL_LINES_MAX if path.suffix == ".pyx" else FILE_LINES_MAX
    most = LONG_FILES.get(str(path.relative_to(ROOT)), most)
    assert path.read_text().count("\n") <= most


@pytest.mark.parametrize("path", tracked(".py"), ids=str)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{path.relative_to(ROOT)}:{node.name}"
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONG_FUNCTIONS.get(name, FUNCTION_LINES_MAX), name


@pytest.mark.parametrize("path", tracked(".py", ".pyx"), ids=str)
def test_every_file_opens_with_its_caption(path: Path) -> None:
    assert re.match(r'"""\S', path.read_text()), "the first line is a docstring"


@pytest.mark.parametrize("path", code(), ids=str)
def test_names_are_nouns_that_say_something(path: Path) -> None:
    assert path.stem not in VAGUE


@pytest.mark.parametrize(
    "path", [p for p in code() if p.suffix == ".py" and home(p) in ("dsl", "engine")], ids=str
)
def test_no_float_and_no_clock_near_money(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), node.value
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("float", "open", "input", "eval", "exec", "print"), called
            assert not called.endswith((".now", ".utcnow", ".today")), called
    for name in imports(path):
        assert name[0] not in CLOCKS, name


def test_every_folder_with_code_is_in_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    folders = {path.parent.relative_to(ROOT).parts for path in code() if path.suffix == ".py"}
    names = {".".join(("tallystick", *parts)) for parts in folders - {("tallystick",)}}
    assert set(project["tool"]["setuptools"]["packages"]) == names | {"tallystick"}


def test_every_rule_file_has_tests_beside_it() -> None:
    rules = [p for p in (ROOT / "rules").rglob("*.yaml") if not p.name.endswith(".test.yaml")]
    assert rules
    for path in rules:
        has_promotions = re.search(r"^promotions:", path.read_text(), re.M)
        beside = path.with_name(f"{path.stem}.test.yaml")
        assert beside.exists() or not has_promotions, f"{path} has no {beside.name}"


def test_every_problem_code_has_a_case() -> None:
    folders = (ROOT / "tests" / "problems", ROOT / "tests" / "warnings")
    shown = "".join(p.read_text() for folder in folders for p in folder.rglob("*.txt"))
    codes = (*MESSAGES, *concerns.MESSAGES)
    assert {code for code in codes if not re.search(rf"^{code} ", shown, re.M)} == set()


def test_every_module_is_imported_by_another() -> None:
    targets = {".".join(name) for path in tracked(".py") for name in imports(path)}
    lazily = (ROOT / "cli" / "verbs.py").read_text()
    for path in code():
        if path.stem in ("__init__",) or path.suffix == ".pyx":
            continue
        if "migrations" in path.parts:  # Alembic finds them by their folder
            continue
        name = ".".join(("tallystick", *path.relative_to(ROOT).with_suffix("").parts))
        name = name.replace("tallystick.tallystick.", "tallystick.")
        is_used = name in targets or f"{path.parent.name}.{path.stem}" in lazily
        assert is_used or name == "tallystick.cli.app", f"nothing imports {name}"


def test_nothing_is_left_to_do() -> None:
    words = re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + "Error"
    )
    for path in tracked(".py", ".pyx", ".pxd", ".md", ".yaml", ".toml"):
        assert not words.search(path.read_text(errors="replace")), path
