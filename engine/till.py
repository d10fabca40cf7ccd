"""A rule set in, all that prices carts under it out: made once, and replaced as one.

There are two ways through. The fast one goes from the bytes or the dict of a cart to the bytes of
its result without Python; it takes a cart only when it is certain. All else goes the plain way,
which words every error, and gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, cast

from ..dsl.ruleset import Ruleset
from .cart.checked import CheckedCart
from .cart.errors import CartError
from .cart.facts import Facts, FactsSource, read_facts
from .cart.intake import CartSource
from .cart.wire import JSON_MAX
from .columns.pricer import ColumnPricer
from .kernel.evaluator import KernelEvaluator
from .loyalty.clerk import Clerk
from .loyalty.desk import Desk
from .loyalty.event_intake import EventIntake
from .loyalty.event_needs import EventNeedsFinder
from .loyalty.purchases import Purchase
from .needs import NeedsFinder
from .plan.compiled import CompiledRuleset
from .plan.lowering import lower
from .plan.membership import MemberFinder
from .plan.plan import Plan
from .plan.standing import Lookup, Standing, StandingFinder
from .port._book import Book
from .port._pricer import Pricer
from .printout import Printout, Refused, Span
from .quote.explanation import explain_cart
from .quote.quote import Home, Plain, Quote, encoder
from .reference.evaluator import ReferenceEvaluator
from .takers import Takers

EvaluatorName = Literal["kernel", "reference"]
FactsById = Mapping[str, FactsSource]
NO_FACTS: FactsById = MappingProxyType({})  # told by identity: to ask others for their size is slow


class Till:
    """Everything an engine has for one rule set. Immutable, and safe to share between threads.

    What only the plain way needs is made when it is first needed.
    """

    def __init__(self, ruleset: Ruleset, evaluator: EvaluatorName = "kernel") -> None:
        """Get ready to price under a rule set; its plan is made if it does not carry one."""
        self.home = Home(ruleset)
        # The fast way; None leaves all carts to the plain way.
        self.pricer: Pricer[Quote] | None = None
        if evaluator == "kernel":
            self._plan = plan_of(ruleset)
            self._book = Book(self._plan)
            self.pricer = Pricer(self._book, Quote, self.home)
            self._standings = standings_of(ruleset, self._plan, self.pricer)

    @cached_property
    def needs(self) -> NeedsFinder:
        """What knows which facts a cart can need."""
        return NeedsFinder(self.home.ruleset)

    @cached_property
    def event_needs(self) -> EventNeedsFinder:
        """What knows which facts an event can need."""
        return EventNeedsFinder(self.home.ruleset.loyalty)

    @cached_property
    def clerk(self) -> Clerk:
        """Who answers about loyalty beside the cart."""
        home = self.home
        events = EventIntake(home.ruleset, home.intake)
        evaluate = self._evaluator.evaluate
        return Clerk(Desk(home.ruleset, home.intake, home.facts_intake, events, evaluate))

    @cached_property
    def columns(self) -> ColumnPricer:
        """What prices columns of carts; for the reference each row goes the plain way."""
        is_plain = self.pricer is None
        book = Book(plan_of(self.home.ruleset)) if is_plain else self._book
        others = Takers(self.home.ruleset).redeemed_ids
        return ColumnPricer(book, self._quote_one, is_plain, others)

    @cached_property
    def _evaluator(self) -> KernelEvaluator | ReferenceEvaluator:
        """Who prices on the plain way."""
        if self.pricer is None:
            return ReferenceEvaluator(self.home.ruleset)
        return KernelEvaluator(self.home.ruleset, self._plan, self._book.kernel)

    def quote(self, source: CartSource, facts: FactsSource | None, explain: bool) -> Quote:
        """Price one cart that the fast way did not, at once. Raises `CartError`."""
        if self.pricer is not None and not explain:
            quote = self._quote_fast(self.pricer, source, facts)
            if quote is not None:
                return quote
        cart = self.home.intake.read_cart(source)
        known = self.home.facts_intake.read(cart, facts)
        outcomes = self._evaluator.evaluate([(cart, known)])
        plain = Plain(cart, known, outcomes, 0, explain_cart if explain else None)
        return Quote(self.home, plain)

    def checked(self, cart: CartSource | CheckedCart) -> CheckedCart:
        """A checked cart, which it may be already. Raises `CartError`."""
        return cart if isinstance(cart, CheckedCart) else self.home.intake.read_cart(cart)

    def purchase(
        self, source: CartSource | CheckedCart, facts: FactsSource | None
    ) -> tuple[Quote, Purchase]:
        """Price a cart that is bought, and say what is to be booked. Raises `CartError`."""
        cart = self.checked(source)
        known = self.home.facts_intake.read(cart, facts)
        outcomes = self._evaluator.evaluate([(cart, known)])
        quote = Quote(self.home, Plain(cart, known, outcomes, 0))
        return quote, self.clerk.purchase(cart, known, outcomes[0])

    def quote_chunk(
        self, sources: list[CartSource], facts: FactsById, explain: bool
    ) -> list[Quote | CartError]:
        """Price some carts together; bad ones keep their place."""
        if self.pricer is None or explain:
            return self._quote_plain(sources, facts, explain)
        fixed = [fixed_source(source) for source in sources]
        quotes = self.pricer.quote_many(fixed, self._lookup_in(facts))
        left = [place for place, quote in enumerate(quotes) if quote is None]
        answers = cast(list[Quote | CartError], quotes)
        if left:
            rest = self._quote_plain([sources[place] for place in left], facts, False)
            for place, answer in zip(left, rest, strict=True):
                answers[place] = answer
        return answers

    def print_lines(self, data: bytes, first: int, last: int, facts: FactsById) -> Printout:
        """Price the JSON lines of a part of a block, which begins and ends with whole lines."""
        if self.pricer is None:
            spans = list(span_lines(data, first, last))
            count = data.count(b"\n", first, last) + (data[last - 1 : last] not in b"\n")
            made = b"", len(spans), count, 0, spans
        else:
            lookup = self._lookup_in(facts)
            made = self.pricer.price_lines(data, first, last, lookup)
        json, cart_count, line_count, discount_minor, rest = made
        if not rest:
            return Printout([json], cart_count, line_count, discount_minor, [])
        pieces: list[bytes] = []
        refused: list[Refused] = []
        written = 0
        # Without its end, so that a line that breaks off is refused in the words of a lone cart.
        lines: list[CartSource] = [data[a:b].removesuffix(b"\n") for _, a, b, _ in rest]
        answers = self._quote_plain(lines, facts, False)
        for (number, _, _, place), answer in zip(rest, answers, strict=True):
            if isinstance(answer, CartError):
                refused.append(Refused(number, answer))
                line = encoder.encode(answer.as_record())
            else:
                discount_minor += answer.discount_total
                line = answer.to_json()
            pieces += json[written:place], line, b"\n"
            written = place
        pieces.append(json[written:])
        return Printout([b"".join(pieces)], cart_count, line_count, discount_minor, refused)

    def _quote_one(self, cart: dict[str, Any], facts: FactsSource | None) -> Quote:
        """Price one cart without explaining. Raises `CartError`."""
        return self.quote(cart, facts, False)

    def _quote_fast(
        self, pricer: Pricer[Quote], source: CartSource, facts: FactsSource | None
    ) -> Quote | None:
        """The quote of a cart, if the fast way takes it and its facts."""
        fixed = fixed_source(source)
        if facts is None:
            return None if fixed is source else pricer.quote(fixed)
        try:
            standing = self._standings.find(read_facts(facts))
        except CartError:  # the cart's own errors come first
            return None
        return pricer.quote(fixed, standing)

    def _lookup_in(self, facts: FactsById) -> Lookup | None:
        """What finds the facts of a cart, for the fast way; None when there are none."""
        if facts is NO_FACTS:
            return None

        def look_up(cart_id: str) -> Standing | None:
            known = facts.get(cart_id)
            return None if known is None else self._standings.find(read_facts(known))

        return look_up

    def _quote_plain(
        self, sources: list[CartSource], facts: FactsById, explain: bool
    ) -> list[Quote | CartError]:
        """Price some carts the plain way, together."""
        ready: list[tuple[CheckedCart, Facts]] = []
        answers: list[CartError | None] = []
        for source in sources:
            try:
                cart = self.home.intake.read_cart(source)
                ready.append((cart, self.home.facts_intake.read(cart, facts.get(cart.id))))
                answers.append(None)
            except CartError as error:
                # It goes back as an answer; its traceback would hold on to all of this.
                answers.append(error.with_traceback(None))
        outcomes = self._evaluator.evaluate(ready)
        explainer = explain_cart if explain else None
        quotes = (
            Quote(self.home, Plain(cart, known, outcomes, place, explainer))
            for place, (cart, known) in enumerate(ready)
        )
        return [answer if answer is not None else next(quotes) for answer in answers]


def plan_of(ruleset: Ruleset) -> Plan:
    """The plan of a rule set: made, if it does not carry one."""
    return ruleset.plan if isinstance(ruleset, CompiledRuleset) else lower(ruleset)


def standings_of(ruleset: Ruleset, plan: Plan, pricer: Pricer[Quote]) -> StandingFinder:
    """What reads facts for the fast way."""
    loyalty = ruleset.loyalty
    members = MemberFinder(loyalty, plan) if loyalty.programs else None
    return StandingFinder(plan.labels, pricer.pool_symbols(), members)


def fixed_source(source: CartSource) -> CartSource:
    """A cart that nobody else can write to while it is read without the lock."""
    if isinstance(source, bytearray):
        return bytes(source) if len(source) <= JSON_MAX else source
    if isinstance(source, memoryview):
        return bytes(source) if source.nbytes <= JSON_MAX else source
    return source


def span_lines(data: bytes, first: int, last: int) -> Iterator[Span]:
    """The lines that are not blank: their numbers from 1, and where they begin and end."""
    number = 0
    while first < last:
        end = data.find(b"\n", first, last) + 1 or last
        number += 1
        if not data[first:end].isspace():
            yield number, first, end, 0
        first = end
