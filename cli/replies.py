"""JSON lines that ask something in, a reply a line out, in order: or why there is none."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from ..engine.cart.errors import CartError
from .carts import number_lines, open_source, read_all
from .factbook import Factbook
from .failure import telling_of_interrupt
from .output import open_output
from .progress import Progress
from .status import CLEAN, FINDINGS
from .tally import Tally, number_of

Reply = Callable[[bytes], bytes]  # raises CartError


def reply_to(
    questions: Path, output: Path, noun: str, reply: Reply, book: Factbook | None = None
) -> int:
    """Reply to every line of a file, say what it came to, and return the exit status."""
    tally = Tally(noun=noun)
    how_far = telling_of_interrupt(lambda: f"interrupted after {number_of(tally.carts, noun)}")
    with how_far, open_source(questions) as source, open_output(output) as target:
        is_wanted = not target.is_terminal
        with Progress(source, is_wanted=is_wanted, noun=noun) as progress:
            for number, line in read_all(questions, number_lines(source)):
                try:
                    target.write(reply(line))
                except CartError as error:
                    tally.refuse(number, error)
                    target.write(msgspec.json.encode(error.as_record()))
                tally.carts += 1
                progress.read_bytes += len(line)
                progress.count()
    tally.tell_counts(0 if book is None else book.count_unseen())
    return FINDINGS if tally.refused else CLEAN
