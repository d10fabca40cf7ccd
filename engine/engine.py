"""A rule set in, an engine out: the face that checkout calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Literal

from ..dsl.ruleset import Ruleset
from .cart.cart import Cart
from .cart.checked import CheckedCart
from .cart.errors import CartError, refusal, shorten
from .cart.facts import Facts, FactsSource, read_facts
from .cart.intake import CartSource, Intake
from .cart.wire import JSON_FORMS
from .kernel.evaluator import KernelEvaluator
from .needs import Needs, NeedsFinder
from .outcome import Outcome
from .quote.explanation import explain_cart
from .quote.quote import Quote
from .reference.evaluate import evaluate

CHUNK = 256  # carts of a batch priced in one go
CHUNK_BYTES = 2**20  # JSON of a batch after which no cart more is taken in: large carts go alone


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


def refuse_lone_cart(carts: object) -> None:
    """Raise `TypeError` for one cart where many are expected: it would be taken apart."""
    if isinstance(carts, (*JSON_FORMS, Mapping, Cart)):
        raise TypeError(
            "quote_batch takes an iterable of carts, not one cart: call quote, or pass [cart]"
        )


def refuse_facts_of_one(facts: object) -> None:
    """Raise `TypeError` or `ValueError` for facts that are not by cart id: none would be found."""
    shown = 'facts of a batch are a mapping by cart id, like {"c1": {"uses": {}}}'
    if facts is None:
        return
    if not isinstance(facts, Mapping):
        raise TypeError(f"{shown}, not a list, a text or the facts of one cart")
    fields = [name for name in Facts.__struct_fields__ if name in facts]
    if not fields or len(fields) < len(facts):
        return
    try:  # a cart may be called `uses`: then its facts are facts
        for name in fields:
            read_facts(facts[name])
    except CartError:
        raise ValueError(f"{shown}, and these are the facts of one cart") from None


class ReferenceEvaluator:
    """The plain evaluator behind the same face as the kernel's."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset

    def evaluate(self, carts: Sequence[tuple[CheckedCart, Facts]]) -> Sequence[Outcome]:
        """Price carts one by one."""
        return [evaluate(self._ruleset, cart, facts) for cart, facts in carts]


EVALUATORS: dict[str, type[KernelEvaluator] | type[ReferenceEvaluator]] = {
    "kernel": KernelEvaluator,
    "reference": ReferenceEvaluator,
}


class Engine:
    """Prices carts under one rule set. Immutable, and safe to share between threads.

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

    def __init__(
        self, ruleset: Ruleset, evaluator: Literal["kernel", "reference"] = "kernel"
    ) -> None:
        """Compile a rule set. `evaluator` names who prices: both give the same bytes."""
        if evaluator not in EVALUATORS:
            raise ValueError(f"evaluator is `kernel` or `reference`, not {evaluator!r}")
        self.ruleset = ruleset
        self._intake = Intake(ruleset)
        self._needs = NeedsFinder(ruleset)
        self._evaluator = EVALUATORS[evaluator](ruleset)

    def quote(
        self, cart: CartSource, facts: FactsSource | None = None, explain: bool = False
    ) -> Quote:
        """Price one cart; raises `CartError`, naming the field, when it is no valid cart."""
        checked = self._intake.read_cart(cart)
        known = self._facts_of(checked, facts)
        outcomes = self._evaluator.evaluate([(checked, known)])
        return Quote(self.ruleset, checked, known, outcomes, 0, explain_cart if explain else None)

    def quote_batch(
        self,
        carts: Iterable[CartSource],
        facts: Mapping[str, FactsSource] | None = None,
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
        if threads < 1:
            raise ValueError(f"threads is at least 1, not {threads}")
        return self._quote_chunks(
            chunks_of(carts), {} if facts is None else facts, explain, threads
        )

    def needs(self, cart: CartSource) -> Needs:
        """The facts that this cart can need: usage counters, and codes to look up in pools."""
        return self._needs.find(self._intake.read_cart(cart))

    def _quote_chunks(
        self,
        chunks: Iterator[list[CartSource]],
        known: Mapping[str, FactsSource],
        explain: bool,
        threads: int,
    ) -> Iterator[Quote | CartError]:
        """Price chunks of carts, side by side if there are threads."""
        if threads == 1:
            for chunk in chunks:
                yield from self._quote_chunk(chunk, known, explain)
            return
        with ThreadPoolExecutor(threads) as pool:
            waiting = [
                pool.submit(self._quote_chunk, chunk, known, explain)
                for chunk in islice(chunks, 2 * threads)
            ]
            while waiting:
                yield from waiting.pop(0).result()
                waiting.extend(
                    pool.submit(self._quote_chunk, chunk, known, explain)
                    for chunk in islice(chunks, 1)
                )

    def _quote_chunk(
        self, chunk: list[CartSource], facts: Mapping[str, FactsSource], explain: bool
    ) -> list[Quote | CartError]:
        """Price some carts together; bad ones keep their place."""
        ready: list[tuple[CheckedCart, Facts]] = []
        answers: list[CartError | None] = []
        for source in chunk:
            try:
                cart = self._intake.read_cart(source)
                ready.append((cart, self._facts_of(cart, facts.get(cart.id))))
                answers.append(None)
            except CartError as error:
                answers.append(error)
        outcomes = self._evaluator.evaluate(ready)
        explainer = explain_cart if explain else None
        quotes = (
            Quote(self.ruleset, cart, known, outcomes, place, explainer)
            for place, (cart, known) in enumerate(ready)
        )
        return [answer if answer is not None else next(quotes) for answer in answers]

    def _facts_of(self, cart: CheckedCart, facts: FactsSource | None) -> Facts:
        """The facts of a cart; an error in them names the cart, and those of another are one."""
        try:
            known = read_facts(facts)
            if known.cart is not None and known.cart != cart.id:
                words = {"expected": shorten(cart.id), "got": shorten(known.cart)}
                raise refusal("wrong_cart", "facts.cart", **words)
        except CartError as error:
            error.cart_id = cart.id
            raise
        return known


__all__ = ["CartSource", "Engine", "FactsSource"]
