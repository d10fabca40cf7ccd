"""Build the compiled kernel. Everything else about packaging is in pyproject.toml.

`make install` compiles it twice: TALLYSTICK_PROFILE=collect has it count what is run how often
(`bench/train.py` runs it), TALLYSTICK_PROFILE=use lays it out by these counts. Its results are the
same, its speed is not. Compilers other than gcc leave that out.

Every code folder X at the top of this repository is imported as `tallystick.X`.
setuptools learns that from `package-dir`. Cython, mypy and pyright want to see
the path on disk, so the build lays it out, as links, under build/shape.
"""

import os
import shutil
import subprocess
import sysconfig
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

PROFILE = ROOT / "build" / "profile"
SHARED = [str(path) for folder in COMPILED for path in sorted((ROOT / folder).glob("*.pxd"))]

CHECKED = os.environ.get("TALLYSTICK_CHECKED") == "1"
# A checked build looks at every index and pointer, at a third of the speed: `make test-checked`.
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
CHECKED_FLAGS = ["-O1", "-g", "-fno-omit-frame-pointer", *SANITIZE]
QUIET = ["-Wno-missing-profile", "-Wno-array-bounds"]  # the latter is wrong about Cython's calls
PROFILE_FLAGS = {
    "collect": [f"-fprofile-generate={PROFILE}"],
    # What the training does not reach is compiled as it would be without it.
    "use": [f"-fprofile-use={PROFILE}", "-fprofile-partial-training", *QUIET],
}
DIRECTIVES = {
    "language_level": "3",
    "boundscheck": CHECKED,
    "wraparound": False,
    "initializedcheck": CHECKED,
    "cdivision": False,
}


def is_gcc() -> bool:
    """Whether gcc compiles: others keep profiles in another form."""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    try:
        told = subprocess.run([*compiler.split(), "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return "Free Software Foundation" in told.stdout


def profile_flags() -> list[str]:
    """What TALLYSTICK_PROFILE asks for, if this compiler can."""
    asked = os.environ.get("TALLYSTICK_PROFILE")
    if asked is None or CHECKED or not is_gcc():
        return []
    if asked not in PROFILE_FLAGS:
        raise SystemExit(f"TALLYSTICK_PROFILE is `{asked}`: say collect or use, or leave it unset")
    return PROFILE_FLAGS[asked]


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


def extensions(profile: list[str]) -> list[Extension]:
    """One extension for each .pyx."""
    return [
        Extension(
            f"tallystick.{folder.replace('/', '.')}.{path.stem}",
            [str(path.relative_to(ROOT))],
            extra_compile_args=[*(CHECKED_FLAGS if CHECKED else ["-O3"]), *profile, "-std=gnu11"],
            extra_link_args=SANITIZE if CHECKED else profile,
            depends=SHARED,  # Cython does not see those of another folder
        )
        for folder in COMPILED
        for path in sorted((ROOT / folder).glob("*.pyx"))
    ]


def compiled(profile: list[str]) -> list[Extension]:
    """The extensions as C; none with TALLYSTICK_COMPILE=0, which leaves them as they are."""
    if os.environ.get("TALLYSTICK_COMPILE") == "0":
        return []
    made: list[Extension] = cythonize(
        extensions(profile),
        include_path=[str(SHAPE)],
        build_dir="build/cython-checked" if CHECKED else "build/cython",
        compiler_directives=DIRECTIVES,
        force=CHECKED,
        nthreads=os.cpu_count(),
    )
    return made


profile = profile_flags()
lay_out_shape()
setup(
    # What was compiled with other flags looks as if it were up to date.
    options={"build_ext": {"parallel": os.cpu_count(), "force": bool(profile)}},
    ext_modules=compiled(profile),
)
