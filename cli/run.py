"""Rules, carts and facts in, one line a cart out: a quote, or why the cart was refused."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Annotated, BinaryIO, Literal

import msgspec
from cyclopts import Parameter
from cyclopts.types import PositiveInt

from ..dsl.ruleset import Ruleset
from ..engine.cart.errors import CartError
from ..engine.engine import Engine
from ..engine.quote.wording import Wording, count_of
from ..files import list_files, load
from .carts import STDIN, number_lines, open_source
from .factbook import Factbook
from .failure import Failure, complain, unreadable
from .output import STDOUT, Output, open_output, protect_inputs
from .progress import Progress
from .status import CLEAN, FINDINGS

REFUSED_SHOWN = 3  # refused carts that the summary names


def run(
    carts: Path,
    /,
    *,
    rules: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = STDOUT,
    facts: Path | None = None,
    explain: Annotated[bool, Parameter(negative=())] = False,
    evaluator: Literal["kernel", "reference"] = "kernel",
    threads: PositiveInt = 1,
) -> int:
    """Price a file of carts, one JSON object a line, in order.

    A cart that cannot be read gives an error record on its line, and exit status 1 at the end.
    Blank lines are skipped.

    Parameters
    ----------
    carts
        The carts, JSON Lines; `-` reads standard input.
    rules
        A rule file, or a folder of them.
    output
        Where the results go. A file is replaced only when all carts are done; `-` is standard
        output.
    facts
        What the store knows, JSON Lines, each with the id of its cart under `cart`, in any order.
    explain
        Add to each result why every promotion did or did not apply.
    evaluator
        Who prices: the compiled kernel, or the plain reference. Both give the same bytes.
    threads
        How many threads price side by side.
    """
    refuse_clashes(carts, facts, rules, output)
    engine = Engine(load(rules), evaluator)
    tally = Tally()
    try:
        with ExitStack() as stack:
            book = None if facts is None else stack.enter_context(open_factbook(facts))
            source = stack.enter_context(open_source(carts))
            out = stack.enter_context(open_output(output))
            Pricing(tally, carts, source, out).price(engine, book, explain, threads)
            unused = 0 if book is None else book.count_unseen()
    except KeyboardInterrupt:
        complain(f"interrupted after {count_of(tally.carts, 'cart')}")
        raise
    tally.tell(engine.ruleset, unused)
    return FINDINGS if tally.refused else CLEAN


def refuse_clashes(carts: Path, facts: Path | None, rules: Path, output: Path) -> None:
    """Raise `Failure` where one place would be two things."""
    if carts == STDIN and facts == STDIN:
        raise Failure("carts and facts cannot both come from stdin")
    inputs = [path for path in (carts, facts) if path is not None and path != STDIN]
    protect_inputs(output, [*inputs, *(found.path for found in list_files([rules]))])


@contextmanager
def open_factbook(path: Path) -> Iterator[Factbook]:
    """The facts of a file, by cart."""
    with Factbook() as book:
        book.read(path)
        yield book


@dataclass(slots=True)
class Tally:
    """What a run comes to."""

    carts: int = 0
    refused: int = 0
    discount_minor: int = 0
    began: float = field(default_factory=monotonic)
    first_refused: list[str] = field(default_factory=list)
    is_cut: bool = False  # whether the first line is no whole JSON

    def refuse(self, line: int, error: CartError) -> None:
        """Count a refused cart; the first few are remembered."""
        if not self.carts:
            self.is_cut = error.code == "invalid_json"
        self.refused += 1
        if self.refused <= REFUSED_SHOWN:
            name = "" if error.cart_id is None else f" cart {error.cart_id}:"
            self.first_refused.append(f"line {line}:{name} {error}")

    def tell(self, ruleset: Ruleset, unused: int) -> None:
        """Say on stderr what was done, and how many facts were for other carts."""
        seconds = monotonic() - self.began
        for text in self.first_refused:
            complain(text)
        if self.refused > REFUSED_SHOWN:
            complain(f"and {self.refused - REFUSED_SHOWN:,} more refused")
        if self.is_cut and self.refused == self.carts:
            complain("one cart a line is expected; `tally explain` takes a cart over several lines")
        if unused:
            facts = f"facts for {unused:,} cart{'' if unused == 1 else 's'}"
            are = "is" if unused == 1 else "are"
            were = "was" if unused == 1 else "were"
            complain(f"{facts} that {are} not in the input {were} not used")
        speed = f" ({self.carts / seconds:,.0f} a second)" if seconds else ""
        complain(
            f"{self.carts:,} cart{'' if self.carts == 1 else 's'}, {self.refused:,} refused, "
            f"{separate(Wording(ruleset).money(self.discount_minor))} discount, "
            f"{seconds:.1f} s{speed}"
        )


def separate(money: str) -> str:
    """An amount with thousands separators: `195,296.44 USD`."""
    return re.sub(r"\d+", lambda digits: f"{int(digits[0]):,}", money, count=1)


class Pricing:
    """Carts of one source priced to one output."""

    def __init__(self, tally: Tally, path: Path, source: BinaryIO, output: Output) -> None:
        self._tally = tally
        self._path = path
        self._source = source
        self._output = output
        # Lines are read some way ahead of their results: this is where each stood.
        self._numbers: deque[int] = deque()

    def price(self, engine: Engine, facts: Factbook | None, explain: bool, threads: int) -> None:
        """Price everything, in order."""
        tally, write = self._tally, self._output.write
        with Progress(self._source, is_wanted=not self._output.is_terminal) as progress:
            lines = self.read_lines(progress)
            for answer in engine.quote_batch(lines, facts, explain=explain, threads=threads):
                number = self._numbers.popleft()
                if facts is not None:
                    facts.see(answer.cart_id if isinstance(answer, CartError) else answer.cart.id)
                if isinstance(answer, CartError):
                    tally.refuse(number, answer)
                    write(msgspec.json.encode(answer.as_record()))
                else:
                    tally.discount_minor += answer.discount_total
                    write(answer.to_json())
                tally.carts += 1
                progress.count()

    def read_lines(self, progress: Progress) -> Iterator[bytes]:
        """The lines with a cart."""
        try:
            for number, line in number_lines(self._source):
                self._numbers.append(number)
                progress.read_bytes += len(line)
                yield line
        except OSError as error:
            raise unreadable(self._path, error) from None
