"""Record batches of carts in, record batches of results out: one function for every machine.

A `Pricer` is all that a process elsewhere needs: it is pickled with the compiled rules inside, and
makes an engine of them where it is called, once per process, however many partitions come. It has
no other state, so a partition may be priced again anywhere and gives the same rows.

    DataFrame.mapInArrow(pricer, pricer.ddl)          PySpark
    for results in pricer(batches): ...               here
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from os import PathLike
from threading import Lock
from typing import TYPE_CHECKING, Literal, NoReturn

from .dsl.ruleset import Ruleset
from .engine.cart.facts import FactsSource
from .engine.engine import Engine
from .engine.plan.stored import StoredError, key_of, restore, store
from .engine.till import plan_of
from .files import load
from .records import result_schema
from .version import LANGUAGE_VERSION, __version__

if TYPE_CHECKING:
    import pyarrow

VERSION = f"{__version__} {LANGUAGE_VERSION}"
ENGINES_MAX = 4  # compiled rule sets that one process keeps
# What Spark calls the types of results.
SPARK_WORDS = {
    "string": "string",
    "int64": "bigint",
    "int32": "int",
    "int16": "smallint",
    "bool": "boolean",
}


class Shelf:
    """The engines of this process, by what they price; the one unused longest goes first."""

    def __init__(self) -> None:
        self._engines: dict[tuple[str, str, str], Engine] = {}
        self._lock = Lock()

    def fetch(self, pricer: Pricer) -> Engine:
        """The engine of a pricer, made when it is not there."""
        key = pricer.hash, pricer.version, pricer.evaluator
        with self._lock:
            engine = self._engines.pop(key, None)
        if engine is None:  # made without the lock: nobody else waits, at worst two are made
            engine = pricer.build_engine()
        with self._lock:
            self._engines[key] = engine
            if len(self._engines) > ENGINES_MAX:
                del self._engines[next(iter(self._engines))]
        return engine

    def clear(self) -> None:
        """Forget all engines."""
        with self._lock:
            self._engines.clear()


shelf = Shelf()


class Pricer:
    """Prices record batches of carts under one rule set. Immutable, and made to be pickled."""

    def __init__(
        self, ruleset: Ruleset, evaluator: Literal["kernel", "reference"] = "kernel"
    ) -> None:
        self.hash = ruleset.hash
        self.version = VERSION
        self.evaluator: Literal["kernel", "reference"] = evaluator
        # Kept packed: a task that finds its engine on the shelf has nothing to unpack.
        self._packed = pack(ruleset)

    def __call__(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        """Price batches, one after the other: a row a cart in, a row a cart out, in order."""
        for batch in batches:
            yield from self.price(batch)

    def price(
        self,
        batch: pyarrow.RecordBatch,
        facts: Mapping[str, FactsSource] | None = None,
        *,
        threads: int = 1,
    ) -> Iterator[pyarrow.RecordBatch]:
        """Price one batch; `facts` are by cart id, `threads` as in `Engine.quote_batch`."""
        import pyarrow

        engine = shelf.fetch(self)
        results = engine.quote_columns(batch, facts, threads=threads)
        schema = self.schema
        for found in pyarrow.RecordBatchReader.from_stream(results):
            yield found.cast(schema)

    @property
    def schema(self) -> pyarrow.Schema:
        """What the results are, in Arrow's types: texts are plain, none is a dictionary."""
        return result_schema()

    @property
    def ddl(self) -> str:
        """What the results are, in Spark's words."""
        return ", ".join(f"{field.name} {spark_word(field.type)}" for field in self.schema)

    def build_engine(self) -> Engine:
        """Make an engine. Raises `StoredError` where another version is installed."""
        try:
            ruleset = restore(self._packed, key_of((), f"{VERSION} {self.hash}"), (), be_damaged)
        except StoredError as error:
            raise StoredError(
                f"these rules were compiled by tallystick {self.version}, and here is {VERSION}: "
                f"install the same version on every machine ({error})"
            ) from None
        return Engine(ruleset, self.evaluator)

    def __repr__(self) -> str:
        return f"<Pricer of rules {self.hash}>"


def pack(ruleset: Ruleset) -> bytes:
    """A rule set as bytes, with its plan and without the tests of its authors."""
    parts = {field.name: getattr(ruleset, field.name) for field in fields(Ruleset)}
    bare = Ruleset(**parts | {"cases": ()})
    return store(bare, plan_of(ruleset), (), key_of((), f"{VERSION} {ruleset.hash}"))


def be_damaged() -> NoReturn:
    """There are no sources to compile anew."""
    raise StoredError("the compiled rules were damaged on their way")


def spark_word(kind: pyarrow.DataType) -> str:
    """A type of a result as Spark writes it."""
    import pyarrow

    if pyarrow.types.is_struct(kind):
        fields = ", ".join(f"{field.name}: {spark_word(field.type)}" for field in kind)
        return f"struct<{fields}>"
    if pyarrow.types.is_list(kind):
        return f"array<{spark_word(kind.value_type)}>"
    return SPARK_WORDS[str(kind)]


def pricer(
    rules: str | PathLike[str] | Ruleset,
    evaluator: Literal["kernel", "reference"] = "kernel",
) -> Pricer:
    """The function that prices record batches under some rules: a path, or a checked rule set."""
    return Pricer(rules if isinstance(rules, Ruleset) else load(rules), evaluator)
