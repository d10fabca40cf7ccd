"""Tenants, what was answered to whom, the rule sets of a tenant, and its members."""

import sqlalchemy as sa

from .frame import append, blob, count_key, key, maybe, name, state, whole

tenants = state(
    "tenants",
    whole("created_at_us"),
    name("settings"),  # JSON: see `store.tenants`
)

# Every request that changed something, by the key it came with: the same again gets its answer.
requests = append(
    "requests",
    key("request"),
    name("action"),
    name("digest"),  # of what was asked
    whole("at_us"),
    blob("answer"),  # JSON
)

# The rule sets that were ever published, whole: what was priced with one can be priced again. A
# hash has several editions if only names, descriptions or comments differ.
rulesets = append(
    "rulesets",
    key("hash"),
    count_key("edition"),
    blob("sources"),  # JSON: [[name, text], ...]
    blob("programs"),  # JSON: what the sources say of programs, to be read without compiling
    whole("published_at_us"),
    name("author"),
)

# What they compile to, for the version of the package that wrote it; any other, and one that is
# damaged, goes back to the sources.
compilations = state(
    "compilations",
    key("hash"),
    count_key("edition"),
    blob("content"),
)

# Which rule set holds from when. The last row that begins by an instant is in force at it; of two
# that begin together the later row.
releases = append(
    "releases",
    count_key("number"),
    name("hash"),
    whole("edition"),
    whole("effective_at_us"),
    whole("published_at_us"),
    name("author"),
    name("note"),
)

# People. What tells who they are stands here and in `papers`, and nowhere else: every other table
# knows them by `id`, which means nothing outside.
members = state(
    "members",
    key("id"),
    name("external_id"),  # what the shop calls them; of the erased: `erased-` and their id
    name("status"),  # active, closed, erased
    name("referral_code"),
    name("referred_by"),  # id of a member
    name("referral"),  # state of the referral: "", invited, registered, qualified, rewarded, ...
    name("segments"),  # JSON: by program, a list of names
    whole("joined_at_us"),
    sa.UniqueConstraint("tenant", "external_id"),
    sa.UniqueConstraint("tenant", "referral_code"),
)

# Who takes part in which program.
enrolments = state(
    "enrolments",
    key("member"),
    key("program"),
    name("status"),  # active, left
    whole("joined_at_us"),
    name("tier_floor"),  # set by hand, below which they do not fall
    maybe("note"),
)

# What staff did to a member by hand, and why. Kept for ever, so reasons must not say who it is.
interventions = append(
    "interventions",
    key("member"),
    count_key("number"),
    name("action"),  # set_floor, close, reopen, erase
    name("program"),
    name("detail"),  # the tier of a floor
    name("actor"),
    name("reason"),
    whole("at_us"),
)
