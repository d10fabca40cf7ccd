# What loyalty rules work with: rooms, purses, entries. Part of the scratch of a plan with programs.

from libc.stdint cimport int32_t, int64_t

from ._exact cimport FractionC, RestC
from ._layout cimport List32, List64, i128

# What is left of the limits of a rule: NOTHING is no limit.
cdef struct RoomC:
    int64_t stamp
    int64_t times
    int64_t points
    int64_t stock
    int64_t order_times  # of a redemption, in this cart

# Where the member stands in a program.
cdef struct PurseC:
    int64_t balance  # points that redemptions of this cart have left
    int64_t placed_minor  # of redemptions in this cart
    int64_t step_points  # taken by requests that name the program
    int32_t level  # NOTHING: none

cdef struct ListWide:
    i128* items
    int32_t count
    int32_t room

# What one rule, or a bonus, gives: in exact points, minor units or stamps. A line gives its weight
# times `each`.
cdef struct EntryC:
    FractionC exact  # of all lines, after caps
    FractionC each  # after caps; without lines of no use
    FractionC multiplier
    i128 weight  # of all lines
    int64_t base_minor
    int64_t amount
    int32_t row  # NOTHING: a bonus
    int32_t campaign  # of a bonus
    int32_t rank
    int32_t first_line  # of `lines` and `weights`
    int32_t last_line
    int32_t first_layer  # of `layers`
    int32_t last_layer
    int32_t reason
    bint is_clipped
    bint is_out

# What happened to a batch, in order; `starts` have one entry more than what they are of.
cdef struct LoyaltyOutC:
    List32 wide_carts  # left to the reference
    List32 redemption_starts  # by cart
    List32 redemption_programs
    List32 redemption_rules
    List64 redemption_wanted
    List64 redemption_times
    List64 redemption_points
    List64 redemption_minor
    List32 redemption_reasons
    List32 redemption_line_starts
    List32 redemption_places
    List64 redemption_amounts_minor
    List32 earned_starts  # by cart
    List32 earned_programs
    List32 earned_kinds
    List32 earned_rules  # numbers in the rule set; NOTHING: a bonus
    List32 earned_bonuses
    List64 earned_amounts
    List64 earned_bases_minor
    List64 earned_numerators
    List64 earned_denominators
    List32 earned_clipped
    List32 earned_reasons
    List32 earned_layer_starts
    List32 earned_layers
    List32 earned_line_starts
    List32 earned_places
    List64 earned_shares

cdef struct LoyaltyC:
    RoomC* rooms  # by row of earning rules, then by burning rule
    PurseC* purses  # by program
    int64_t* gifted  # by campaign, the stamp of a cart in which one of its rules gave something
    List32 filed  # what the index cannot rule out: rows of earning rules, then campaigns behind them
    # Of the program at hand.
    List32 matched  # rows whose conditions hold
    List32 running  # campaigns whose conditions hold
    EntryC* entries
    RestC* entry_rests
    List32 order  # entries of a kind, by id
    List64 amounts  # of these
    int32_t entry_count
    int32_t entry_room
    List32 lines  # of entries, their weights beside them
    ListWide weights
    List32 layers  # campaigns that touched entries
    # By line.
    int32_t line_room
    int64_t* full_nets  # before redemptions
    int64_t* net_bases
    int64_t* full_bases
    i128* factors
    RestC* rests
    bint has_net_bases
    bint has_full_bases
    bint has_redeemed
    bint is_wide  # whether the cart is left to the reference
    LoyaltyOutC out
