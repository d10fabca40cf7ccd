"""Carts as JSON lines in, result lines out, by way of the engine's faces that the suites time."""

from collections.abc import Sequence

from tallystick import CartError, Engine


def join_lines(lines: Sequence[bytes]) -> bytes:
    """Lines of JSON as one block."""
    return b"".join(line + b"\n" for line in lines)


def price_lines(engine: Engine, block: bytes) -> bytes:
    """A block of carts to the lines of their results."""
    return engine.quote_lines(block).json


def print_lines(engine: Engine, block: bytes, threads: int) -> list[bytes]:
    """The same in pieces, one behind the other, as `tally run` writes them."""
    return engine.quote_lines(block, threads=threads).pieces


def price_one_by_one(engine: Engine, lines: Sequence[bytes]) -> list[bytes | None]:
    """Carts to results, whoever the evaluator is; None for a cart that was refused."""
    return [
        None if isinstance(answer, CartError) else answer.to_json()
        for answer in engine.quote_batch(lines)
    ]
