"""Build the compiled kernel. Everything else about packaging is in pyproject.toml.

Every code folder X at the top of this repository is imported as `tallystick.X`.
setuptools learns that from `package-dir`. Cython, mypy and pyright want to see
the path on disk, so the build lays it out, as links, under build/shape.
"""

import os
import shutil
import tomllib
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).resolve().parent
SHAPE = ROOT / "build" / "shape"
COMPILED = (
    "dsl",
    "dsl/document",
    "dsl/expression",
    "dsl/tree",
    "engine/kernel",
    "engine/plan",
    "engine/port",
)

SHARED = [str(path) for folder in COMPILED for path in sorted((ROOT / folder).glob("*.pxd"))]

CHECKED = os.environ.get("TALLYSTICK_CHECKED") == "1"
# A checked build looks at every index and pointer, at a third of the speed: `make test-checked`.
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
COMPILE = ["-O1", "-g", "-fno-omit-frame-pointer", *SANITIZE] if CHECKED else ["-O3"]
LINK = SANITIZE if CHECKED else []
DIRECTIVES = {
    "language_level": "3",
    "boundscheck": CHECKED,
    "wraparound": False,
    "initializedcheck": CHECKED,
    "cdivision": False,
}


def lay_out_shape() -> None:
    """Link every code folder into build/shape/tallystick, as the installed package has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    folder_of = project["tool"]["setuptools"]["package-dir"]
    face = SHAPE / "tallystick"
    shutil.rmtree(SHAPE, ignore_errors=True)
    face.mkdir(parents=True)
    for target in (ROOT / folder_of.pop("tallystick")).iterdir():
        if target.is_file():
            (face / target.name).symlink_to(os.path.relpath(target, face))
    for package, folder in folder_of.items():
        name = package.removeprefix("tallystick.")
        if "." not in name:  # a nested package lies inside its parent's folder already
            (face / name).symlink_to(os.path.relpath(ROOT / folder, face))


def extensions() -> list[Extension]:
    """One extension for each .pyx."""
    return [
        Extension(
            f"tallystick.{folder.replace('/', '.')}.{path.stem}",
            [str(path.relative_to(ROOT))],
            extra_compile_args=[*COMPILE, "-std=gnu11"],
            extra_link_args=LINK,
            depends=SHARED,  # Cython does not see those of another folder
        )
        for folder in COMPILED
        for path in sorted((ROOT / folder).glob("*.pyx"))
    ]


lay_out_shape()
setup(
    ext_modules=cythonize(
        extensions(),
        include_path=[str(SHAPE)],
        build_dir="build/cython-checked" if CHECKED else "build/cython",
        compiler_directives=DIRECTIVES,
        force=CHECKED,
    ),
)
