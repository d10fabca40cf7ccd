"""Rule sources in, a compiled rule set and its bytes out, and back, whatever became of the bytes.

Reading the bytes is some twenty times faster than compiling the sources. They are made by one
version of the package and are no use to another: then, and when they are damaged, the sources are
compiled anew. Only the sources say what a rule set is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from logging import getLogger
from typing import NamedTuple

import msgspec

from ...cache import VERSION
from ...dsl.loader import load_sources
from ...dsl.loyalty import Program
from ...dsl.ruleset import Ruleset
from ...dsl.source import Source
from ...engine.plan.compiled import CompiledRuleset, compiled_from
from ...engine.plan.lowering import lower
from ...engine.plan.stored import StoredError, key_of, restore, store

log = getLogger(__name__)
texts = msgspec.json.Decoder(list[tuple[str, str]])
programs = msgspec.json.Decoder(tuple[Program, ...])


class Compiled(NamedTuple):
    """A rule set with its plan, and the bytes it can be read from again."""

    ruleset: CompiledRuleset
    content: bytes


def compile_sources(sources: Sequence[Source]) -> Compiled:
    """What some sources say together. Raises `RuleTextError` with all that is wrong in them."""
    ruleset = load_sources(sources)
    plan = lower(ruleset)
    content = store(ruleset, plan, sources, key_of(sources, VERSION))
    return Compiled(compiled_from(ruleset, plan), content)


def read_compiled(hash: str, sources: Sequence[Source], content: bytes | None) -> CompiledRuleset:
    """The rule set that was published under a hash, from its bytes if they are any good.

    It keeps the hash it was published under, even if a later version of the language would give
    its sources another.
    """

    def compile_anew() -> Ruleset:
        return replace(load_sources(sources), hash=hash)

    if content is not None:
        try:
            ruleset = restore(content, key_of(sources, VERSION), sources, compile_anew)
            if ruleset.hash == hash:
                return ruleset
            log.warning("rule set %s is compiled anew: its bytes are of another", hash)
        except StoredError as error:
            log.warning("rule set %s is compiled anew: %s", hash, error)
    ruleset_anew = compile_anew()
    return compiled_from(ruleset_anew, lower(ruleset_anew))


def write_sources(sources: Sequence[Source]) -> bytes:
    """Sources as a column holds them: JSON, `[[name, text], ...]`."""
    return msgspec.json.encode([(source.name, source.text) for source in sources])


def read_sources(column: bytes) -> list[Source]:
    """The sources of a column."""
    return [Source(name, text) for name, text in texts.decode(column)]


def write_programs(ruleset: Ruleset) -> bytes:
    """The programs of a rule set as a column holds them, to be read without compiling it."""
    return msgspec.json.encode(ruleset.loyalty.programs)


def read_programs(column: bytes) -> dict[str, Program]:
    """The programs of a column, by id."""
    return {program.id: program for program in programs.decode(column)}
