"""A rule set in, an engine out: the face that checkout calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from ..dsl.ruleset import Ruleset
from .cart.cart import Cart, Instant
from .cart.checked import CheckedCart
from .cart.errors import CartError
from .cart.facts import Facts, FactsSource, read_facts
from .cart.intake import CartSource
from .cart.wire import JSON_FORMS
from .columns.results import QuoteColumns
from .crew import Crew
from .loyalty.answers import EventAnswer, RefundAnswer, TierAnswer
from .loyalty.clerk import EventFactsById
from .loyalty.errors import EventError
from .loyalty.event_facts import EventFactsSource, SentEventFacts, read_event_facts
from .loyalty.event_intake import EventSource
from .loyalty.event_needs import EventNeeds
from .loyalty.events import Event
from .loyalty.history import HistorySource
from .loyalty.orders import OrderSource, RefundSource
from .loyalty.purchases import Purchase
from .needs import Needs
from .port._front import Front
from .printout import Printout, join_printouts
from .quote.quote import Quote
from .till import NO_FACTS, EvaluatorName, FactsById, Till

EVALUATORS: tuple[EvaluatorName, ...] = ("kernel", "reference")
CHUNK = 256  # carts of a batch priced in one go
CHUNK_BYTES = 2**20  # JSON of a batch after which no cart more is taken in: large carts go alone
PART_BYTES = 2**23  # lines of a block priced in one go, or by one thread
SHOWN_FACTS = {"cart": '{"c1": {"uses": {}}}', "event": '{"e1": {"rooms": {}}}'}
PART_LEAST_BYTES = 2**16  # what is worth a turn of a thread of its own


def chunks_of(carts: Iterable[CartSource]) -> Iterator[list[CartSource]]:
    """Carts in batches, none larger than it takes to be fast."""
    chunk: list[CartSource] = []
    size_bytes = 0
    for cart in carts:
        chunk.append(cart)
        if isinstance(cart, JSON_FORMS):
            size_bytes += len(cart)
        if len(chunk) == CHUNK or size_bytes > CHUNK_BYTES:
            yield chunk
            chunk, size_bytes = [], 0
    if chunk:
        yield chunk


def parts_of(block: bytes, threads: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a block of lines begin and end, each of whole lines."""
    first = 0
    while first < len(block):
        size_bytes = PART_BYTES
        if threads > 1:
            # Less and less, so that nobody waits long for who has the last one.
            size_bytes = min(
                PART_BYTES, max(PART_LEAST_BYTES, (len(block) - first) // (2 * threads))
            )
        last = block.find(b"\n", first + size_bytes) + 1 or len(block)
        yield first, last
        first = last


def refuse_lone_cart(carts: object) -> None:
    """Raise `TypeError` for one cart where many are expected: it would be taken apart."""
    if isinstance(carts, (*JSON_FORMS, Mapping, Cart)):
        raise TypeError(
            "quote_batch takes an iterable of carts, not one cart: call quote, or pass [cart]"
        )
    refuse_columns(carts, "quote_batch")


def refuse_columns(carts: object, caller: str) -> None:
    """Raise `TypeError` for carts in columns: each column would be taken for a cart."""
    if hasattr(carts, "__arrow_c_stream__") or hasattr(carts, "__arrow_c_array__"):
        raise TypeError(f"{caller} takes no columns, as a data frame has: call quote_columns")


def refuse_facts_of_one(facts: object, noun: str = "cart") -> None:
    """Raise `TypeError` or `ValueError` for facts that are not by id of their cart or event.

    None of them would be found.
    """
    shown = f"facts of a batch are a mapping by {noun} id, like {SHOWN_FACTS[noun]}"
    if facts is None:
        return
    if not isinstance(facts, Mapping):
        raise TypeError(f"{shown}, not a list, a text or the facts of one {noun}")
    kind = Facts if noun == "cart" else SentEventFacts
    fields = [name for name in kind.__struct_fields__ if name in facts]
    if not fields or len(fields) < len(facts):
        return
    try:  # a cart may be called `uses`: then its facts are facts
        for name in fields:
            if noun == "cart":
                read_facts(facts[name])
            else:
                read_event_facts(facts[name], name)
    except CartError:
        raise ValueError(f"{shown}, and these are the facts of one {noun}") from None


def refuse_no_threads(threads: int) -> None:
    """Raise `TypeError` for what is no number of threads, `ValueError` for less than one."""
    if not isinstance(threads, int) or isinstance(threads, bool):
        raise TypeError(f"threads is a whole number, not {threads!r}")
    if threads < 1:
        raise ValueError(f"threads is at least 1, not {threads}")


def open_till(ruleset: Ruleset, evaluator: EvaluatorName) -> Till:
    """What prices under a rule set. Raises `TypeError` for what is none."""
    if not isinstance(ruleset, Ruleset):
        raise TypeError(
            f"an engine takes a Ruleset, not {type(ruleset).__name__}: load or load_text makes one"
        )
    return Till(ruleset, evaluator)


class Engine(Front):
    """Prices carts under one rule set. Safe to share between threads; only `reload` changes it.

    >>> import tallystick
    >>> ruleset = tallystick.load_text('''
    ... promotions:
    ...   tenth: {then: {percent_off: 10%}}
    ... ''')
    >>> engine = tallystick.Engine(ruleset)
    >>> quote = engine.quote({
    ...     "id": "c1", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z",
    ...     "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 995}],
    ... })
    >>> quote.grand_total
    1791
    """

    def __init__(self, ruleset: Ruleset, evaluator: EvaluatorName = "kernel") -> None:
        """Compile a rule set. `evaluator` names who prices: both give the same bytes."""
        if evaluator not in EVALUATORS:
            raise ValueError(f"evaluator is `kernel` or `reference`, not {evaluator!r}")
        self._evaluator = evaluator
        # Replaced by `reload`: every call looks at it once, and keeps what it found.
        self._till = open_till(ruleset, evaluator)

    @property
    def ruleset(self) -> Ruleset:
        """The rule set under which the next cart is priced."""
        return self._till.home.ruleset

    def reload(self, ruleset: Ruleset) -> None:
        """Price under another rule set from now on; what is under way ends on the one it began.

        The new one is made ready first, while others go on pricing. If that fails, nothing changes.
        """
        self._till = open_till(ruleset, self._evaluator)

    def quote_batch(
        self,
        carts: Iterable[CartSource],
        facts: FactsById | None = None,
        *,
        explain: bool = False,
        threads: int = 1,
    ) -> Iterator[Quote | CartError]:
        """Price any number of carts, lazily, in their order.

        `facts` are by cart id. A cart that cannot be read gives its `CartError` in its place and
        the others go on. With more `threads` chunks of carts are priced side by side; the results
        are the same bytes whatever the number. Raises `TypeError` for one cart in the place of
        many, and `TypeError` or `ValueError` for facts that are not by cart id.
        """
        refuse_lone_cart(carts)
        refuse_facts_of_one(facts)
        refuse_no_threads(threads)
        known = NO_FACTS if facts is None else facts
        return quote_chunks(self._till, chunks_of(carts), known, explain, threads)

    def quote_lines(
        self,
        block: bytes | bytearray | memoryview,
        facts: FactsById | None = None,
        *,
        threads: int = 1,
    ) -> Printout:
        """Price a block of JSON lines, one cart a line, to a block of result lines, in order.

        `facts` are by cart id. A refused cart has its error record on its line. Blank lines are
        skipped. With more `threads` parts of the block are priced side by side, to the same bytes.
        """
        refuse_columns(block, "quote_lines")
        if not isinstance(block, (bytes, bytearray, memoryview)):
            raise TypeError(f"quote_lines takes a block of bytes, not {type(block).__name__}")
        refuse_facts_of_one(facts)
        refuse_no_threads(threads)
        data = bytes(block)  # no copy of what cannot change
        till, known = self._till, NO_FACTS if facts is None else facts

        def work(part: tuple[int, int]) -> Printout:
            return till.print_lines(data, *part, known)

        return join_printouts(Crew(parts_of(data, threads), work, threads).run())

    def quote_columns(
        self, carts: object, facts: FactsById | None = None, *, threads: int = 1
    ) -> QuoteColumns:
        """Price carts in Arrow columns, a row a cart, to columns of results, in order.

        `carts` is anything with `__arrow_c_stream__` or `__arrow_c_array__`; `facts` are by cart
        id. A refused cart has its error in the column `error` of its row. With more `threads`
        ranges of rows are priced side by side, to the same results. Raises `TypeError`, naming the
        column, for columns that no cart has, and `ValueError` for a source that fails.
        """
        refuse_facts_of_one(facts)
        refuse_no_threads(threads)
        return self._till.columns.price(carts, facts, threads)

    def check(self, cart: CartSource) -> CheckedCart:
        """A cart as it is priced, its dates and attributes read. Raises `CartError` as `quote`."""
        return self._till.home.intake.read_cart(cart)

    def needs(self, cart: CartSource | CheckedCart) -> Needs:
        """The facts that this cart can need: usage counters, and codes to look up in pools."""
        till = self._till
        return till.needs.find(till.checked(cart))

    def purchase(
        self, cart: CartSource | CheckedCart, facts: FactsSource | None = None
    ) -> tuple[Quote, Purchase]:
        """Price a cart that is bought: its quote, and what is to be booked for it.

        Raises `CartError`, naming the field, when it is no valid cart.
        """
        return self._till.purchase(cart, facts)

    def spend(self, order: OrderSource) -> dict[str, int]:
        """What counts as spent on an order, less what was refunded of it so far, in minor units.

        By program, for those whose tiers are reached by spending. Raises `EventError`.
        """
        return self._till.clerk.spend(order)

    def event_needs(self, event: str, rule: str | None = None) -> EventNeeds:
        """The facts that an event of a kind can need; a `redeem` names its burning rule."""
        return self._till.event_needs.find(event, rule)

    def award(self, event: EventSource, facts: EventFactsSource | None = None) -> EventAnswer:
        """What an event gives and takes: moves for whoever books points, and what was refused.

        Raises `EventError`, naming the field, for an event that cannot be used.
        """
        return self._till.clerk.award(event, facts)

    def award_batch(
        self, events: Iterable[EventSource], facts: EventFactsById | None = None
    ) -> Iterator[EventAnswer | EventError]:
        """The answers to any number of events, lazily, in their order.

        `facts` are by the id of the event. An event that cannot be used gives its `EventError` in
        its place. No event knows of the ones before it but by its facts. Raises `TypeError` for one
        event in the place of many, and `TypeError` or `ValueError` for facts that are not by id.
        """
        if isinstance(events, (*JSON_FORMS, Mapping, Event)):
            raise TypeError("award_batch takes many events, not one: call award, or pass [event]")
        refuse_facts_of_one(facts, "event")
        return self._till.clerk.award_all(events, {} if facts is None else facts)

    def refund(self, order: OrderSource, refund: RefundSource) -> RefundAnswer:
        """What a refund of an order gives back, claws back and cannot have back.

        Raises `EventError`, naming the field, for more than was bought, or an order of other rules.
        """
        return self._till.clerk.refund(order, refund)

    def tier(self, program: str | None, history: HistorySource, at: Instant) -> TierAnswer:
        """Where a member stands in a program's tiers at an instant, by all they earned until then.

        `program` may be None where the history names it, or only one has tiers. Raises
        `EventError`, naming the field, for a history that cannot be used.
        """
        return self._till.clerk.tier(program, history, at)


def quote_chunks(
    till: Till,
    chunks: Iterator[list[CartSource]],
    known: FactsById,
    explain: bool,
    threads: int,
) -> Iterator[Quote | CartError]:
    """Price chunks of carts, side by side if there are threads."""
    if threads == 1:
        for chunk in chunks:
            yield from till.quote_chunk(chunk, known, explain)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting = [
            pool.submit(till.quote_chunk, chunk, known, explain)
            for chunk in islice(chunks, 2 * threads)
        ]
        while waiting:
            yield from waiting.pop(0).result()
            waiting.extend(
                pool.submit(till.quote_chunk, chunk, known, explain) for chunk in islice(chunks, 1)
            )


__all__ = ["CartSource", "Engine", "FactsSource"]
