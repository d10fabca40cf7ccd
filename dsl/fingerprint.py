"""A checked rule set in, the name of its meaning out.

Two rule sets with the same fingerprint give every cart the same result, byte for byte. It is made
from the checked data, so that comments, the order of keys and files and the spelling of equal
constants cannot change it; names and descriptions for people are left out. The text of a condition
counts where a warning may quote it: only there can the name of a definition change anything.

    Stacking(mode=LAST, ...)  ->  Stacking["last","cart",null,[],null]
"""

from ._writer import write_digest
from .loyalty import NO_LOYALTY
from .ruleset import Ruleset

# What does not change what a cart is worth, by the name of the dataclass.
LEFT_OUT = {
    "Ruleset": ("cases", "hash"),
    "Promotion": ("name", "description"),
    "Program": ("name", "description"),
    "PointsCurrency": ("name", "symbol"),
    "EarningRule": ("name", "description"),
    "BurningRule": ("name", "description"),
    "Campaign": ("name", "description"),
    "StampCard": ("name",),
}
# The names of rule sets without loyalty are older than it is.
WITHOUT_LOYALTY = LEFT_OUT | {"Ruleset": (*LEFT_OUT["Ruleset"], "loyalty")}


def fingerprint(ruleset: Ruleset) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    left_out = WITHOUT_LOYALTY if ruleset.loyalty == NO_LOYALTY else LEFT_OUT
    return "sha256:" + write_digest(ruleset, left_out)
