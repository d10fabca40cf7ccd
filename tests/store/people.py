"""Members, as tests of other parts need them."""

from tallystick.store.acting import act
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction


def add_member(tenancy: Tenancy, name: str, status: str = "active") -> str:
    """A member the shop calls so, and their id."""

    def work(tx: Transaction) -> str:
        id = tx.ids()
        row: dict[str, object] = {"id": id, "external_id": name, "status": status}
        row |= {"referral_code": f"code-{name}", "referred_by": "", "referral": ""}
        tx.insert(members, [row | {"segments": "", "joined_at_us": tx.at_us}])
        return id

    id = act(tenancy, "member", name, work, str)
    assert isinstance(id, str)
    return id
