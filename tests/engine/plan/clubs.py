"""A small set of loyalty rules that has one of everything a plan can hold."""

from tallystick.dsl.formula import Compare, Has, Member, Term
from tallystick.dsl.kinds import AwardForm, AwardKind, Kind, RewardKind
from tallystick.dsl.loyalty import (
    Award,
    BurningRule,
    Campaign,
    EarningRule,
    Level,
    Loyalty,
    Program,
    Quota,
    Ratio,
    RedemptionTerms,
    Reward,
    StampCard,
    Tiers,
)
from tallystick.dsl.rule import Condition, Window

SKU_A = Member(Term("line.sku", Kind.STRING), ("A",))
IS_GOLD = Condition("?", Member(Term("member.tier", Kind.STRING), ("gold",)))
HAS_SEGMENT = Condition("?", Has(Term("member.segments", Kind.SET), ("vip",)))
IS_RICH = Condition("?", Compare(((1, Term("member.points", Kind.DECIMAL)),), ">=", 10**9))
IS_LARGE = Condition("?", Compare(((1, Term("cart.net_subtotal", Kind.MONEY)),), ">=", 500))
LEVELS = (Level("silver", 0), Level("gold", 1_000, Ratio(3, 2), 30_000))
CLUB = Loyalty(
    programs=(
        Program("air"),
        Program(
            "club",
            redemption=RedemptionTerms(100, 100, max_percent_ppm=500_000),
            tiers=Tiers(LEVELS),
        ),
        Program("closed", is_paused=True),
    ),
    earning_rules=(
        EarningRule(
            "first",
            "club",
            "purchase",
            Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1), 100, SKU_A),
            conditions=(IS_LARGE, IS_GOLD),
            priority=10,
        ),
        EarningRule(
            "back",
            "club",
            "purchase",
            Award(AwardKind.CASHBACK, AwardForm.TIER),
            conditions=(IS_RICH,),
        ),
        EarningRule("early", "air", "purchase", Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(5))),
        EarningRule(
            "hello",
            "club",
            "signup",
            Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(500)),
            per_member=Quota(1),
        ),
        EarningRule(
            "never", "closed", "purchase", Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(5))
        ),
        EarningRule(
            "stamp",
            "club",
            "purchase",
            Award(AwardKind.STAMPS, AwardForm.PER_UNIT, Ratio(1), 1, SKU_A, "card"),
        ),
    ),
    burning_rules=(
        BurningRule("mug", "club", Reward(RewardKind.PRODUCT, sku="MUG")),
        BurningRule(
            "off",
            "club",
            Reward(RewardKind.DISCOUNT, amount_minor=200),
            cost=200,
            conditions=(IS_RICH, HAS_SEGMENT),
            min_tier="gold",
        ),
    ),
    campaigns=(
        Campaign(
            "double",
            "club",
            ("first",),
            window=Window(0, 10),
            conditions=(IS_LARGE,),
            multiply=Ratio(2),
            on=SKU_A,
        ),
        Campaign("gift", "club", bonus=50),
    ),
    stamp_cards=(StampCard("card", "club", 10, "mug"),),
)
