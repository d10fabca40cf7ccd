"""Rules and their keys in, out: under which texts each is filed, and what its gate may ask for.

Of all its keys (`_keys.pyx`) a rule is filed under the most selective one: an sku is rarer than a
group, so `when: [customer.groups has "gold", qty(sku in ["A", "B"]) >= 2]` is filed under A and B.
Postings stand by channel, a kind of slot and a field: symbols and numbers of rules side by side.

What key and gate decide is not asked again. What is left of each rule's conditions stands in
`parts`, each with the test that its gate could make instead (`gates.py`).
"""

from ...dsl.formula import And
from ...dsl.kinds import Threshold
from ...dsl.ruleset import Bundle, BuyGet, OrderVolume, Volume
from ._keys cimport Answer, Key, KeyFinder, best_key

cdef enum:
    HINT_TEXTS_MAX = 8  # of more texts, some cart has the bit of one by chance
    UNITS_MAX = 2_147_483_647

cdef object and_type = And
cdef object buy_get_type = BuyGet
cdef object bundle_type = Bundle
cdef object volume_type = Volume
cdef object order_volume_type = OrderVolume
cdef object by_quantity = Threshold.QUANTITY
cdef tuple CODE = ("code", "")
cdef tuple POOL = ("pool", "")
cdef object NOT_YET = object()  # the test of a condition that is new


cdef class Filer:
    """Files the rules of one rule set.

    `symbols_of` numbers texts, `make_test` says what a gate could test instead of a condition and
    `make_hint` what hint a key makes.
    """

    cdef KeyFinder finder
    cdef object symbols_of
    cdef object make_test
    cdef object make_hint
    cdef dict tests  # by identity: rules share formulas
    cdef dict hint_of  # by key
    # By channel.
    cdef readonly dict symbols
    cdef readonly dict numbers
    cdef readonly list always  # the rules that no text can rule out
    # By the number of a rule.
    cdef readonly dict parts
    cdef readonly dict units
    cdef readonly dict windows
    cdef readonly dict found
    cdef readonly dict hints

    def __init__(self, symbols_of, make_test, make_hint):
        self.finder = KeyFinder(has_prefixes=True)
        self.symbols_of, self.make_test, self.make_hint = symbols_of, make_test, make_hint
        self.tests, self.hint_of = {}, {}
        self.symbols, self.numbers, self.always = {}, {}, []
        self.parts, self.units, self.windows, self.found, self.hints = {}, {}, {}, {}, {}

    def file_open(self, int number, promotion):
        """A promotion with codes, without a gate: all of its hard conditions are asked."""
        self.parts[number] = [(part, None) for part in hard_parts(promotion.conditions)]
        if promotion.coupons:
            self.file(CODE, promotion.coupons, number)
        if promotion.coupon_pool is not None:
            self.file(POOL, (promotion.coupon_pool,), number)

    def file_closed(self, int number, window, action, list parts, targets, event=None):
        """A rule without codes: its hard conditions, and the lines that it must find.

        Every cart has some `event`, so that the key of one is the last choice.
        """
        cdef Answer answer
        cdef Key key, other
        cdef list answers = [], on = [], needed = [], others = []
        for part in parts:
            answer = self.finder.look_up(part)
            answers.append(answer)
            needed += answer.needed
        for target in targets:
            answer = self.finder.look_up(target)
            on.append(answer)
            needed += answer.needed
        key = best_key(needed)
        if event is not None:
            answer = self.finder.look_up(event)
            parts = [*parts, event]
            answers.append(answer)
            key = answer.key if key is None else key
        self.windows[number] = window
        if key is None:
            self.always.append(number)
            self.parts[number] = [(part, self.test_of(part)) for part in parts]
        else:
            for kind, name, texts in key.places:
                if texts:
                    self.file((kind, name), texts, number)
            self.close(number, action, key, parts, answers, on)
        for other in needed:
            if not other.is_same(key):
                others.append(other)
        if others:
            self.want(number, others)

    cdef int file(self, tuple channel, tuple texts, int number) except -1:
        # Notes a rule under some texts.
        cdef list symbols = self.symbols.get(channel), numbers
        if symbols is None:
            symbols = self.symbols[channel] = []
            self.numbers[channel] = []
        symbols += self.symbols_of(texts)
        numbers = self.numbers[channel]
        for _ in texts:
            numbers.append(number)
        return 0

    cdef int close(
        self, int number, object action, Key key, list parts, list answers, list on
    ) except -1:
        # What the gate of a rule counts, and what is left to ask.
        cdef Answer answer
        cdef list rest = []
        cdef Py_ssize_t place = 0
        cdef bint counts = key.of_lines()
        units = 0
        if counts:
            units = action_units(action, on, key)
            self.found[number] = bool(on) and (<Answer>on[0]).is_exactly(key)
        for part in parts:
            answer = <Answer>answers[place]
            place += 1
            if answer.key is None or not answer.key.is_same(key):
                rest.append((part, self.test_of(part)))
            elif answer.is_exact:
                continue
            elif counts and 1 <= answer.units <= UNITS_MAX:
                # It asks for units on lines of the key alone: the gate counts these.
                units = max(units, answer.units)
            else:
                rest.append((part, self.test_of(part)))
        self.units[number] = min(units, UNITS_MAX)
        self.parts[number] = rest
        return 0

    cdef int want(self, int number, list keys) except -1:
        # Other keys of a rule: the best one that has few texts becomes its hint.
        cdef Key key = None, each
        for each in keys:
            if each.size <= HINT_TEXTS_MAX and each.of_one():
                if key is None or each.is_before(key):
                    key = each
        if key is None:
            return 0
        hint = self.hint_of.get(key)
        if hint is None:
            hint = self.hint_of[key] = self.make_hint(key)
        self.hints[number] = hint
        return 0

    cdef object test_of(self, object part):
        # What a gate could test instead of a condition, which `finder` keeps alive.
        test = self.tests.get(<size_t><void*>part, NOT_YET)
        if test is NOT_YET:
            test = self.tests[<size_t><void*>part] = self.make_test(part)
        return test


cdef object action_units(object action, list on, Key key):
    # The units on lines of a key without which an action gives nothing.
    cdef Answer answer
    cdef Py_ssize_t place = 0
    kind = type(action)
    if kind is buy_get_type:
        buy = action.buy_quantity if (<Answer>on[0]).is_exactly(key) else 0
        get = 1 if action.partial else action.get_quantity
        return buy + (get if (<Answer>on[1]).is_exactly(key) else 0)
    if kind is volume_type or kind is order_volume_type:
        if action.threshold is by_quantity and (<Answer>on[0]).is_exactly(key):
            return action.tiers[0].threshold
        return 0
    most = 0
    if kind is bundle_type:
        for component in action.components:
            answer = <Answer>on[place]
            place += 1
            if answer.is_exactly(key):
                most = max(most, component.quantity)
    return most


cdef int flatten(object formula, list parts) except -1:
    # The items of an `And`, of those inside it too; any other formula alone.
    if type(formula) is not and_type:
        parts.append(formula)
        return 0
    for item in formula.items:
        flatten(item, parts)
    return 0


def hard_parts(conditions):
    """The conditions without which a rule does not apply, those joined by `and` apart."""
    cdef list parts = []
    for condition in conditions:
        if not condition.is_soft:
            flatten(condition.formula, parts)
    return parts
