"""Sources in, a rule set that is compiled once and then read from a file out.

A file of the cache is named by what it was made from: the names and texts of the sources, and the
versions that compiled them. Whatever is wrong with one (`engine.plan.stored` says why, and the
logger of this module repeats it) the sources are compiled anew: a cache can never change a result,
and never fail. Keep the folder where only those may write who may change the rules.
"""

import os
from collections.abc import Sequence
from logging import getLogger
from pathlib import Path
from tempfile import NamedTemporaryFile

from .dsl.loader import load_sources
from .dsl.ruleset import Ruleset
from .dsl.source import Source
from .engine.plan.compiled import compiled_from
from .engine.plan.lowering import lower
from .engine.plan.stored import StoredError, key_of, restore, store
from .version import LANGUAGE_VERSION, __version__

SUFFIX = ".tally"
VERSION = f"{__version__} {LANGUAGE_VERSION}"

log = getLogger(__name__)


def load_cached(sources: Sequence[Source], folder: str | os.PathLike[str]) -> Ruleset:
    """The rule set that some files say together, compiled.

    Raises `RuleTextError` as ever: only rules without a mistake are kept.
    """
    key = key_of(sources, VERSION)
    path = Path(folder, key + SUFFIX)
    try:
        return restore(path.read_bytes(), key, sources, lambda: load_sources(sources))
    except FileNotFoundError:
        log.info("`%s` is not there yet", path)
    except (OSError, StoredError) as error:
        log.warning("`%s` is compiled anew: %s", path, error)
    ruleset = load_sources(sources)
    plan = lower(ruleset)
    keep(path, store(ruleset, plan, sources, key))
    return compiled_from(ruleset, plan)


def keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time."""
    written: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as stream:
            written = stream.name
            stream.write(content)
        os.replace(written, path)
        written = None
    except OSError as error:
        log.warning("`%s` cannot be kept: %s", path, error)
    finally:
        if written is not None:
            Path(written).unlink(missing_ok=True)
