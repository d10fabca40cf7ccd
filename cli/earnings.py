"""What a test expects of loyalty and what was earned and redeemed in, what differs out.

All keys but `not_earned` are whole mappings: what is not named must not have come out. Points are
in the smallest units of their programs, money in minor units.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..dsl.expression.literals import format_scaled
from ..dsl.kinds import AwardKind
from ..dsl.loyalty import Loyalty
from ..engine.quote.wording import Wording, count_of
from .difference import Difference

REFUSED = "refused"
NOT_REFUSED = "not refused"
UNHEARD = "earned, or not waited for"
NOT_CLIPPED = "all that was wanted"
COUNTED = ("times", "points", "amount")
# The keys of `expect` for all that a program or a card got, and what entries name it by.
TOTALS = {
    "points": ("program", AwardKind.POINTS),
    "cashback": ("program", AwardKind.CASHBACK),
    "stamps": ("card", AwardKind.STAMPS),
}

Entry = Mapping[str, Any]  # one of `redemptions` or `earned`, as results have them


class EarningsComparison:
    """What was earned and redeemed, held against what a test expects."""

    def __init__(
        self,
        loyalty: Loyalty,
        wording: Wording,
        redemptions: Sequence[Entry],
        earned: Sequence[Entry],
        fates: Mapping[str, tuple[str, str]],
    ) -> None:
        """`fates` say of earning rules and campaigns what became of them, and why."""
        self.fates = fates
        self.money = wording.money
        self.scales = {one.id: one.points.scale for one in loyalty.programs}
        self.homes = {one.id: one.program for one in loyalty.burning_rules}
        # Program and kind of what rules give: the whole, and in a referral each side.
        self.gifts: dict[tuple[str, str], tuple[str, AwardKind]] = {}
        for rule in loyalty.earning_rules:
            whole = rule.award or rule.friend_award
            awards = {"friend": rule.friend_award, "referrer": rule.award, "": whole}
            for side, award in awards.items():
                if award is not None:
                    self.gifts[rule.id, side] = rule.program, award.kind
        for campaign in loyalty.campaigns:
            self.gifts[campaign.id, ""] = campaign.program, AwardKind.POINTS
        self.redemptions = redemptions
        self.earned = earned

    def compare(self, expect: Mapping[str, Any]) -> Iterator[Difference]:
        """Every difference, redemptions first."""
        if "redemptions" in expect:
            yield from self.compare_redemptions(expect["redemptions"])
        if "refused_redemptions" in expect:
            yield from self.compare_refused(expect["refused_redemptions"])
        if "earned" in expect:
            yield from self.compare_earned(expect["earned"])
        if "not_earned" in expect:
            yield from self.compare_not_earned(expect["not_earned"])
        for key, (by, kind) in TOTALS.items():
            if key in expect:
                yield from self.compare_totals(key, by, kind, expect[key])

    def compare_redemptions(self, wanted: Mapping[str, Entry]) -> Iterator[Difference]:
        """What was redeemed, together for each rule, program or issued reward."""
        got: dict[str, Counter[str]] = {}
        reasons: dict[str, str] = {}
        for one in self.redemptions:
            if one["status"] != REFUSED:
                counts = got.setdefault(name_of(one), Counter())
                counts.update({key: one[key] for key in COUNTED})
            if one.get("reason"):
                reasons.setdefault(name_of(one), one["reason"])
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            why = (f"{name}: {reasons[name]}",) if name in reasons else ()
            if name not in got or name not in wanted:
                states = ("nothing redeemed", "redeemed")
                is_wanted, is_there = name in wanted, name in got
                yield Difference(f"redemptions.{name}", states[is_wanted], states[is_there], why)
                continue
            if wanted[name].get("reason", reasons.get(name)) != reasons.get(name):
                pair = wanted[name]["reason"], reasons.get(name, NOT_CLIPPED)
                yield Difference(f"redemptions.{name}.reason", *pair)
            for key in COUNTED:
                if key in wanted[name] and wanted[name][key] != got[name][key]:
                    sizes = wanted[name][key], got[name][key]
                    first, second = (self.show_redeemed(name, key, size) for size in sizes)
                    yield Difference(f"redemptions.{name}.{key}", first, second, why)

    def compare_refused(self, wanted: Mapping[str, str]) -> Iterator[Difference]:
        """What could not be redeemed, and why."""
        got: dict[str, str] = {}
        for one in self.redemptions:
            if one["status"] == REFUSED:
                got.setdefault(name_of(one), one["reason"])
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            pair = wanted.get(name, NOT_REFUSED), got.get(name, NOT_REFUSED)
            if pair[0] != pair[1]:
                yield Difference(f"refused_redemptions.{name}", *pair)

    def compare_earned(self, wanted: Mapping[str, Any]) -> Iterator[Difference]:
        """What each rule and campaign gave; of a referral maybe what each side got."""
        got: dict[str, Counter[str]] = {}  # by rule, then by side
        for one in self.earned:
            got.setdefault(one["rule"], Counter())[one.get("side") or ""] += one["amount"]
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            found, expected = got.get(name, Counter()), wanted.get(name, 0)
            if not isinstance(expected, Mapping):
                yield from self.compare_given(name, "", expected, found.total())
                continue
            for side in {**expected, **found}:
                yield from self.compare_given(name, side, expected.get(side, 0), found[side])

    def compare_given(self, name: str, side: str, wanted: int, got: int) -> Iterator[Difference]:
        """What a rule gave, in all or to one side."""
        if wanted != got:
            program, kind = self.gifts.get((name, side)) or self.gifts[name, ""]
            subject = f"earned.{name}.{side}" if side else f"earned.{name}"
            shown = self.show(kind, program, wanted), self.show(kind, program, got)
            yield Difference(subject, *shown, self.story_of(name))

    def compare_not_earned(self, wanted: Mapping[str, str]) -> Iterator[Difference]:
        """Rules that gave nothing, each with its reason; others may have given nothing too."""
        for name, reason in wanted.items():
            outcome, _ = self.fates.get(name, (UNHEARD, ""))
            if outcome != reason:
                yield Difference(f"not_earned.{name}", reason, outcome, self.story_of(name))

    def story_of(self, name: str) -> tuple[str, ...]:
        """What became of a rule, and why, if the engine says so."""
        outcome, detail = self.fates.get(name, ("", ""))
        if not outcome:
            return ()
        return (f"{name}: {outcome}, {detail}" if detail else f"{name}: {outcome}",)

    def compare_totals(
        self, key: str, by: str, kind: AwardKind, wanted: Mapping[str, int]
    ) -> Iterator[Difference]:
        """All points or cashback of each program, or all stamps of each card."""
        got: Counter[str] = Counter()
        for one in self.earned:
            if one["kind"] == kind:
                got[one[by]] += one["amount"]
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            if wanted.get(name, 0) != got[name]:
                sizes = wanted.get(name, 0), got[name]
                first, second = (self.show(kind, name, size) for size in sizes)
                yield Difference(f"{key}.{name}", first, second)

    def show_redeemed(self, name: str, key: str, size: int) -> str:
        """A count of a redemption in words."""
        if key == "times":
            return count_of(size, "time")
        if key == "amount":
            return self.money(size)
        return self.show(AwardKind.POINTS, self.homes.get(name, name), size)

    def show(self, kind: AwardKind, program: str, size: int) -> str:
        """An amount in words: points as people count them."""
        if kind is AwardKind.CASHBACK:
            return self.money(size)
        if kind is AwardKind.STAMPS:
            return count_of(size, "stamp")
        points = format_scaled(size, self.scales.get(program, 0))
        return f"{points} point{'' if points == '1' else 's'}"


def name_of(redemption: Entry) -> str:
    """What a test calls a redemption: the issued reward, else the rule, else the program."""
    name: str = redemption["issued"] or redemption["rule"] or redemption["program"]
    return name
