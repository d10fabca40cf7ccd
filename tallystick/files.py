"""Paths in, the sources of rule sets out: the one place that reads rule files.

All files below a path are one rule set, unless several folders there hold a section `ruleset`:
then each of these is the root of a rule set, which takes all files below it that have no nearer
root, and whatever else lies under the path is one rule set as well.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .cache import load_cached
from .dsl.audit.audit import audit_sources
from .dsl.loader import load_sources
from .dsl.problems import Problem
from .dsl.ruleset import Ruleset
from .dsl.source import Source
from .dsl.tree.reader import FILE_BYTES_MAX
from .errors import RulePathError

SUFFIX = ".yaml"
# Found in the text, so that a file belongs where it belongs even if it cannot be read as YAML.
RULESET_SECTION = re.compile(r"""^(?:\ufeff|\{\s*)?["']?ruleset["']?[ \t]*:""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RuleFolder:
    """The files of one rule set, and the folder they belong to."""

    root: Path
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule file and the path under which it was found; None when it was named itself."""

    path: Path
    base: Path | None


def load(path: str | os.PathLike[str], cache: str | os.PathLike[str] | None = None) -> Ruleset:
    """Check the rule files of a folder (or one file) and return what they say.

    With a folder as `cache` what was compiled is kept there, and read from there as long as the
    files stay as they are. Raises `RuleTextError` with everything that is wrong in them, and
    `RulePathError` when there are no rule files, when one cannot be read, and when the folder
    holds several rule sets.
    """
    sources = read_ruleset(path)
    return load_sources(sources) if cache is None else load_cached(sources, cache)


def audit(path: str | os.PathLike[str]) -> list[Problem]:
    """Warnings and notes about the rule files of a folder (or one file), sorted by place.

    They are about rules that can be used, and that may not do what was meant: what `tally check`
    shows beside errors. Raises what `load` raises.
    """
    _, found = audit_sources(read_ruleset(path))
    return found


def read_ruleset(path: str | os.PathLike[str]) -> tuple[Source, ...]:
    """The files of the one rule set at a path."""
    folders = find_rulesets([path])
    if len(folders) > 1:
        names = ", ".join(f"`{folder.root}`" for folder in folders)
        raise RulePathError(f"`{path}` holds several rule sets, load one of them: {names}")
    return folders[0].sources


def read_sources(paths: Iterable[str | os.PathLike[str]]) -> list[Source]:
    """The rule files at some paths, each once, sorted by name.

    A folder stands for all files `*.yaml` below it; what begins with a dot is passed over.
    """
    return [source for _, source in read_found(list_files(paths))]


def find_rulesets(paths: Iterable[str | os.PathLike[str]]) -> list[RuleFolder]:
    """The rule sets at some paths, sorted by folder. Files that are named are taken together."""
    files = read_found(list_files(paths))
    roots = roots_among(files)
    sources_of: dict[Path, list[Source]] = {}
    for found, source in files:
        sources_of.setdefault(root_of(found, roots), []).append(source)
    return [RuleFolder(root, tuple(sources_of[root])) for root in sorted(sources_of)]


def roots_among(files: Iterable[tuple[Found, Source]]) -> set[Path]:
    """The folders with a section `ruleset`, where a path has more than one of them."""
    roots_of: dict[Path | None, set[Path]] = {}
    for found, source in files:
        if has_ruleset(source):
            roots_of.setdefault(found.base, set()).add(found.path.parent)
    return {root for roots in roots_of.values() if len(roots) > 1 for root in roots}


def has_ruleset(source: Source) -> bool:
    """Whether a file has a section `ruleset`."""
    return RULESET_SECTION.search(source.text) is not None


def root_of(found: Found, roots: set[Path]) -> Path:
    """The folder of the rule set that a file belongs to."""
    for folder in found.path.parents:
        if folder in roots:
            return folder
        if folder == found.base:
            break
    return found.base or Path()


def list_files(paths: Iterable[str | os.PathLike[str]]) -> list[Found]:
    """The rule files at some paths; raises `RulePathError` with all that lead nowhere."""
    files: dict[Path, Found] = {}
    wrong: list[str] = []
    for name in paths:
        path = Path(name)
        if not os.fspath(name):
            wrong.append("a path is empty; the folder one stands in is `.`")
        elif path.is_dir():
            before = len(wrong)
            below = list(walk_folder(path, wrong))
            for file in below:
                files.setdefault(file.resolve(), Found(file, path))
            if not below and len(wrong) == before:
                wrong.append(f"`{path}` has no rule files `*{SUFFIX}`")
        elif path.is_file():
            files.setdefault(path.resolve(), Found(path, None))
        else:
            wrong.append(f"there is no file or folder `{path}`")
    if wrong:
        raise RulePathError("\n".join(wrong))
    return sorted(files.values(), key=lambda found: str(found.path))


def walk_folder(folder: Path, wrong: list[str]) -> Iterator[Path]:
    """The rule files below a folder but hidden ones.

    What cannot be read goes to `wrong`, and what looks like a rule file under another name: a rule
    that is passed over without a word would be a rule that nobody misses.
    """

    def note(error: OSError) -> None:
        wrong.append(f"`{error.filename}` cannot be read: {reason_of(error)}")

    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or path.suffix.lower() not in (SUFFIX, ".yml"):
                continue
            if path.suffix != SUFFIX:
                wrong.append(f"`{path}` is not read: rename it `{path.stem}{SUFFIX}`")
            elif path.is_file():
                yield path
            else:
                wrong.append(f"`{path}` cannot be read: it is no file")


def read_found(files: Iterable[Found]) -> list[tuple[Found, Source]]:
    """Each file with its text; raises `RulePathError` with all that cannot be read.

    A byte that is not UTF-8 stays in the text as half of a surrogate pair, and of a file over the
    limit one byte more than that is read: the reader reports both in their places.
    """
    read: list[tuple[Found, Source]] = []
    wrong: list[str] = []
    for found in files:
        try:
            with found.path.open("rb") as stream:
                content = stream.read(FILE_BYTES_MAX + 1)
        except OSError as error:
            wrong.append(f"`{found.path}` cannot be read: {reason_of(error)}")
            continue
        read.append((found, Source(str(found.path), content.decode("utf-8", "surrogateescape"))))
    if wrong:
        raise RulePathError("\n".join(wrong))
    return read


def reason_of(error: OSError) -> str:
    """Why the system refused."""
    return (error.strerror or type(error).__name__).lower()
