"""The loyalty statement of a cart in, its part of a receipt out: every point accounted for."""

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..dsl.kinds import AwardForm, AwardKind, Multipliers
from ..engine.quote.accruing import APPLIED, EARNED
from ..engine.quote.conditions import ConditionExplanation
from ..engine.quote.offering import POSSIBLE
from ..engine.quote.points import PointsWording, format_exact
from ..engine.quote.rewards import REFUSED
from ..engine.quote.statement import (
    AwardExplanation,
    LineAward,
    OfferExplanation,
    ProgramExplanation,
    RequestExplanation,
    RoundingExplanation,
    Statement,
)
from ..engine.quote.wording import Wording
from .pieces import columns, indent, words


class Account:
    """What loyalty rules did with one cart, part by part."""

    def __init__(self, wording: Wording, statement: Statement) -> None:
        self.wording = wording
        self.statement = statement
        loyalty = wording.ruleset.loyalty
        self.programs = {one.id: PointsWording(wording, one) for one in loyalty.programs}

    def parts(self) -> Iterator[tuple[str, RenderableType]]:
        """Each part with its title."""
        if self.statement.redemptions:
            yield "Redeemed", self.redemptions()
        for program in self.statement.programs:
            name = program.name
            title = program.id if name in ("", program.id) else f"{name} ({program.id})"
            yield title, Group(*self.program(program))

    def redemptions(self) -> RenderableType:
        """What became of each request."""
        table = columns("left", "left", "right")
        for one in self.statement.redemptions:
            style = "red" if one.status == REFUSED else "green"
            off = self.money(-one.amount) if one.amount else ""
            table.add_row(words(one.request, style), self.request(one), off)
        return table

    def request(self, one: RequestExplanation) -> Text:
        """How a request went."""
        return words(f"{one.status}: {one.detail}" if one.status == REFUSED else one.detail)

    def money(self, minor: int) -> str:
        """An amount without its currency, which stands at the total."""
        return self.wording.money(minor).rpartition(" ")[0]

    # One program.

    def program(self, one: ProgramExplanation) -> Iterator[RenderableType]:
        """Where the customer stands, what they earn and why, what they could redeem."""
        yield words(self.standing(one), "dim")
        yield from self.earned(one)
        yield from self.not_earned(one)
        yield from self.offers(one)
        yield from self.missing(one)

    def standing(self, one: ProgramExplanation) -> str:
        """Points and tier, as they were and as they are."""
        if not one.is_member:
            return "not a member"
        points = self.programs[one.id].points
        said = [f"{points(one.balance)} to spend"]
        if one.redeemed:
            said.append(f"{points(one.balance - one.redeemed)} after this cart")
        if one.tier is not None or one.earns_at is not None:
            said.append(f"tier {one.tier or 'none'}")
        if one.earns_at != one.tier:
            said.append(f"this order earns at {one.earns_at or 'none'}")
        return " · ".join(said)

    def earned(self, one: ProgramExplanation) -> Iterator[RenderableType]:
        """What each rule gave, with its arithmetic: points, then cashback, then stamps."""
        if not any(award.outcome == EARNED for award in one.awards):
            return
        table = columns("left", "right")
        roundings = {each.kind: each for each in one.roundings}
        for kind in AwardKind:
            for award in one.awards:
                if award.outcome == EARNED and award.kind == kind.value:
                    self.add_award(table, one, kind, award)
            if kind.value in roundings:
                self.add_rounding(table, one, kind, roundings[kind.value])
        yield Text("earned")
        yield indent(table)

    def add_award(
        self, table: Table, program: ProgramExplanation, kind: AwardKind, award: AwardExplanation
    ) -> None:
        """What one rule gave, line by line."""
        wording = self.programs[program.id]
        name = words(award.id, "green").append(f"  {award.terms}", "dim")
        table.add_row(name, words(wording.amount(kind, award.amount)))
        if award.counted:
            table.add_row(indent(words(award.counted, "dim")))
        for line in award.lines:
            if line.share or Fraction(line.exact):
                is_money = kind is AwardKind.CASHBACK
                share = self.money(line.share) if is_money else wording.amount(kind, line.share)
                said = self.line(program, kind, award, line)
                table.add_row(indent(said), words(share.partition(" ")[0], "dim"))
        if award.exact != award.multiplied:
            table.add_row(indent(words(self.limits(wording, kind, award), "dim")))

    def line(
        self, program: ProgramExplanation, kind: AwardKind, award: AwardExplanation, line: LineAward
    ) -> Text:
        """The arithmetic of one line: `l1: 18.9 on 18.90, x 1.25 silver = 23.625`."""
        exact = self.programs[program.id].exact
        of = "its units" if award.way == AwardForm.PER_UNIT.value else self.money(line.base)
        said = f"{line.id}: {exact(kind, Fraction(line.before))} on {of}"
        if line.multipliers:
            factors = self.factors(program, line)
            said += f", x {factors} = {exact(kind, Fraction(line.multiplied))}".replace("= ≈", "≈")
        if line.exact != line.multiplied:
            said += f", within limits {exact(kind, Fraction(line.exact))}"
        return words(said, "dim")

    def factors(self, program: ProgramExplanation, line: LineAward) -> str:
        """What multiplies on a line, and how it goes together: `1.25 silver x 2 double-july`."""
        each = [f"{format_exact(Fraction(one.multiplier))} {one.by}" for one in line.multipliers]
        if len(each) == 1 and Fraction(line.multiplier) == Fraction(line.multipliers[0].multiplier):
            return each[0]
        if program.multipliers == Multipliers.MULTIPLY.value:
            return " x ".join(each)
        how = "added" if program.multipliers == Multipliers.ADD.value else "the largest"
        return f"{format_exact(Fraction(line.multiplier))} ({', '.join(each)}: {how})"

    def limits(self, wording: PointsWording, kind: AwardKind, award: AwardExplanation) -> str:
        """What limits made of an award."""
        said = f"{wording.exact(kind, Fraction(award.multiplied))} in all"
        if award.own != award.multiplied:
            said += f", {wording.exact(kind, Fraction(award.own))} within its own limit"
        if award.exact != award.own:
            said += f", {wording.exact(kind, Fraction(award.exact))} within that of an order"
        return said

    def add_rounding(
        self, table: Table, program: ProgramExplanation, kind: AwardKind, one: RoundingExplanation
    ) -> None:
        """The one rounding of all points, or of all cashback, where there is anything to round."""
        if Fraction(one.exact).denominator == 1:
            return
        wording = self.programs[program.id]
        exact = wording.exact(kind, Fraction(one.exact))
        how = one.rounding.replace("_", " ")
        said = f"together {exact}, rounded {how} to {wording.amount(kind, one.amount)}"
        table.add_row(words(said, "dim"))

    def not_earned(self, one: ProgramExplanation) -> Iterator[RenderableType]:
        """Rules and campaigns that gave nothing, and why; campaigns that multiplied are above."""
        refused = [award for award in one.awards if award.outcome not in (EARNED, APPLIED)]
        if not refused:
            return
        yield Text("not earned")
        for award in refused:
            name = words(award.id, "yellow").append(f"  {award.terms}", "dim")
            yield indent(name)
            yield indent(words(award.detail), 6)
            yield from self.distances(award.conditions)

    def distances(self, conditions: list[ConditionExplanation]) -> Iterator[RenderableType]:
        """How far off false conditions are."""
        for each in conditions:
            if each.softened:
                yield indent(words(f"{each.text} (stops nothing)", "dim"), 6)
            elif each.distance and each.distance not in each.text:
                yield indent(words(f"{each.distance} away", "dim"), 6)

    def offers(self, one: ProgramExplanation) -> Iterator[RenderableType]:
        """What could be redeemed besides."""
        if not one.offers or not one.is_member:
            return
        yield Text("to redeem")
        table = Table.grid(padding=(0, 2))
        for offer in one.offers:
            is_open = offer.outcome == POSSIBLE
            name = offer.rule or f"{offer.program} (at its rate)"
            table.add_row(
                words(name, "green" if is_open else "yellow"),
                words(self.offer(one, offer), "dim"),
                words(offer.detail),
            )
        yield indent(table)

    def offer(self, program: ProgramExplanation, offer: OfferExplanation) -> str:
        """What one step costs and gives."""
        return f"{offer.terms} for {self.programs[program.id].points(offer.points)}"

    def missing(self, one: ProgramExplanation) -> Iterator[RenderableType]:
        """What is missing for the next reward and the next tier."""
        wording, above = self.programs[one.id], one.next_tier
        if above is not None:
            yield words(f"{wording.qualifying(above.missing)} to tier {above.tier}")
        if one.next_reward is not None:
            name = one.next_reward.rule or "redeeming at the rate"
            yield words(f"{wording.points(one.next_reward.missing)} to {name}")
