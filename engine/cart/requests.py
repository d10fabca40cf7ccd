"""What a cart asks to redeem in, requests out whose fields go together, or an error."""

from collections.abc import Mapping, Sequence

from .cart import Redemption
from .checked import Request
from .errors import refusal

# What a request may name, and what may stand beside it.
FORMS: Mapping[str, frozenset[str]] = {
    "rule": frozenset({"times", "if_short"}),
    "program": frozenset({"points", "if_short"}),
    "issued": frozenset(),
}
# What a field that is out of place stands beside.
OWNERS = {"times": "`rule`", "points": "`program`", "if_short": "`rule` or `program`"}


def check_requests(sent: Sequence[Redemption]) -> tuple[Request, ...]:
    """The requests in their order; raises `CartError` for the first that is none."""
    return tuple(check_request(one, f"redeem[{index}]") for index, one in enumerate(sent))


def check_request(sent: Redemption, path: str) -> Request:
    """One request: by a rule, by a program's points, or a reward that was issued."""
    named = [name for name in FORMS if getattr(sent, name) is not None]
    if len(named) != 1:
        names = ", ".join(f"`{name}`" for name in FORMS)
        got = " and ".join(f"`{name}`" for name in named) or "none of them"
        raise refusal("one_of", path, names=names, got=got)
    (form,) = named
    for name, owner in OWNERS.items():
        if getattr(sent, name) is not None and name not in FORMS[form]:
            raise refusal("out_of_place", f"{path}.{name}", name=name, beside=owner)
    if form == "program" and sent.points is None:
        raise refusal("missing_field", f"{path}.points", name="points")
    default = "reject" if form == "rule" else "clip"
    return Request(
        rule=sent.rule,
        program=sent.program,
        issued=sent.issued,
        times=sent.times or 1,
        points=sent.points if isinstance(sent.points, int) else None,
        is_reject=(sent.if_short or default) == "reject",
    )
