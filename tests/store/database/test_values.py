"""Values that no database can keep: the same clear error on both."""

import pytest
import sqlalchemy as sa

from tallystick.store.acting import act, look
from tallystick.store.errors import StoreError
from tallystick.store.schema.frame import BIGGEST
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..writing import Named, add, member_row, names


def code_of_writing(tenancy: Tenancy, **values: object) -> str:
    """The code of the error that writing a member ends with; empty without one."""

    def work(transaction: Transaction) -> Named:
        transaction.insert(members, [member_row(transaction, "ana") | values])
        return Named("ana")

    try:
        act(tenancy, "test", "ana", work, Named)
    except StoreError as error:
        return error.code
    return ""


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800", "tea \udfff"])
def test_texts_that_not_both_databases_keep(tenancy: Tenancy, text: str) -> None:
    assert code_of_writing(tenancy, referred_by=text) == "bad_text"
    assert names(tenancy) == []
    with pytest.raises(StoreError) as caught:
        add(tenancy, text)
    assert caught.value.code == "bad_text"


def test_the_column_with_nul_is_named(tenancy: Tenancy) -> None:
    with pytest.raises(StoreError, match=r"such as NUL, at `external_id`"):
        add(tenancy, "a\0b")


@pytest.mark.parametrize(
    "text", ["\\u0000", "ñandú 茶 \U0001f375", "'; DROP TABLE members; --", "%s ?"]
)
def test_texts_that_look_strange_are_kept_as_they_are(tenancy: Tenancy, text: str) -> None:
    add(tenancy, text, request=text)
    assert names(tenancy) == [text]


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_texts_that_nothing_can_be_found_by(tenancy: Tenancy, text: str) -> None:
    query = of_tenant(members).where(members.c.external_id == sa.bindparam("name"))
    with pytest.raises(StoreError) as caught:
        look(tenancy, lambda one: one.fetch(query, name=text))
    assert caught.value.code == "bad_text"
    with pytest.raises(StoreError):
        add(tenancy, "ana", request=text)
    assert names(tenancy) == []


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1])
def test_numbers_beyond_64_bits(tenancy: Tenancy, number: int) -> None:
    assert code_of_writing(tenancy, joined_at_us=number) == "too_large"
    assert names(tenancy) == []


@pytest.mark.parametrize("number", [BIGGEST, 0, -(2**63)])
def test_the_largest_and_the_smallest_number_are_kept(tenancy: Tenancy, number: int) -> None:
    assert code_of_writing(tenancy, joined_at_us=number) == ""
    rows = look(tenancy, lambda one: one.fetch(of_tenant(members)))
    assert [row["joined_at_us"] for row in rows] == [number]


@pytest.mark.parametrize("request_key", ["", "k" * 256])
def test_request_keys_have_a_length(tenancy: Tenancy, request_key: str) -> None:
    with pytest.raises(StoreError, match=r"1 to 255 characters.*at `request`"):
        add(tenancy, "ana", request=request_key)


@pytest.mark.parametrize("at_us", [-1, 221_845_392_000_000_000])
def test_instants_that_no_rule_could_count_from(tenancy: Tenancy, at_us: int) -> None:
    with pytest.raises(StoreError, match="before the year 9000"):
        act(tenancy, "test", "", lambda one: Named(one.tenant), Named, at_us=at_us)
