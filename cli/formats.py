"""Paths and words of a command line in, the formats of carts and results out."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from .carts import STDIN
from .failure import Failure
from .output import STDOUT

Format = Literal["json", "parquet", "arrow"]

SUFFIXES: dict[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
STREAM_SUFFIX = ".arrows"


@dataclass(frozen=True, slots=True)
class Formats:
    """What carts come as, and results go as; `stream` is Arrow that is written front to back."""

    carts: Format
    results: Literal["json", "parquet", "arrow", "stream"]

    @property
    def are_lines(self) -> bool:
        """Whether both are JSON lines."""
        return self.carts == "json" and self.results == "json"


def read_formats(
    carts: Path, carts_format: Format | None, output: Path, results_format: Format | None
) -> Formats:
    """The formats that are named, or that paths end in, or JSON lines.

    Raises `Failure` for what cannot be read or written that way.
    """
    source = carts_format or SUFFIXES.get(carts.suffix.lower(), "json")
    target = results_format or SUFFIXES.get(output.suffix.lower(), "json")
    is_stream = target == "arrow" and (output == STDOUT or output.suffix.lower() == STREAM_SUFFIX)
    formats = Formats(source, "stream" if is_stream else target)
    if formats.are_lines:
        return formats
    if find_spec("pyarrow") is None:
        raise Failure(
            "Parquet and Arrow need pyarrow, which is not here: "
            "`pip install 'tallystick[columns]'` brings it"
        )
    if source == "parquet" and carts == STDIN:
        raise Failure("Parquet is not read from stdin: name a file, or send an Arrow stream")
    if target == "parquet" and output == STDOUT:
        raise Failure("Parquet is not written to stdout: name a file with -o")
    return formats


def refuse_misfits(formats: Formats, explain: bool, workers: int) -> None:
    """Raise `Failure` for options that the formats have no place for."""
    if explain and not formats.are_lines:
        raise Failure("--explain is for JSON lines: columns have no place for it")
    if workers > 1 and formats.carts == "json":
        raise Failure(
            "--workers share the parts of Parquet and Arrow: for JSON lines use --threads"
        )
