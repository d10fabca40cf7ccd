"""The question for the peers in, the same matches from everybody who is installed out."""

import importlib
from collections.abc import Sequence

import pytest

from bench.peers.indexed_peer import IndexedPeer
from bench.peers.peer import Peer
from bench.peers.question import Demand, Shelf, demands_of, print_rules, shelf_of
from bench.peers.race import WrongMatch, check_matches, reference_matches
from bench.workload import make_carts, make_rules
from tallystick import Engine, load_text

RULES, CARTS = 300, 60
PEERS = (
    ("pyarrow", "own_peer", "DictsPeer"),
    ("pyarrow", "own_peer", "LinesPeer"),
    ("pyarrow", "own_peer", "ColumnsPeer"),
    ("zen", "zen_peer", "ZenPeer"),
    ("cel", "cel_peer", "CelPeer"),
    ("cedarpy", "cedar_peer", "CedarPeer"),
    ("rule_engine", "rule_engine_peer", "RuleEnginePeer"),
    ("json_logic", "json_logic_peer", "JsonLogicPeer"),
    ("polars", "polars_peer", "PolarsPeer"),
    ("duckdb", "duckdb_peer", "DuckDBPeer"),
)


@pytest.fixture(scope="module")
def demands() -> list[Demand]:
    return demands_of(load_text(make_rules(RULES)))


@pytest.fixture(scope="module")
def shelves() -> list[Shelf]:
    return [shelf_of(cart) for cart in make_carts(CARTS)]


@pytest.fixture(scope="module")
def expected(demands: Sequence[Demand], shelves: Sequence[Shelf]) -> list[list[str]]:
    return reference_matches(demands, shelves)


def matches(peer: Peer, shelves: Sequence[Shelf]) -> list[list[str]]:
    return peer.read(peer.match(peer.prepare(shelves)))


def test_indexed_python_matches_as_the_reference(
    demands: Sequence[Demand], shelves: Sequence[Shelf], expected: list[list[str]]
) -> None:
    assert sum(map(len, expected)) > CARTS // 2
    assert matches(IndexedPeer(demands), shelves) == expected


@pytest.mark.parametrize(("package", "module", "name"), PEERS)
def test_peers_match_as_the_reference(
    demands: Sequence[Demand],
    shelves: Sequence[Shelf],
    expected: list[list[str]],
    package: str,
    module: str,
    name: str,
) -> None:
    pytest.importorskip(package, reason="the extra `peers` is not installed")
    few = shelves[:10]
    peer = getattr(importlib.import_module(f"bench.peers.{module}"), name)(demands)
    assert matches(peer, few) == expected[:10]


def test_what_applies_in_the_whole_rule_set_matches(
    demands: Sequence[Demand], shelves: Sequence[Shelf], expected: list[list[str]]
) -> None:
    engine = Engine(load_text(make_rules(RULES)))
    for shelf, matched in zip(shelves, expected, strict=True):
        applied = engine.quote(dict(shelf.cart)).result.applied_promotions
        assert {one.id for one in applied} <= set(matched)


def test_every_promotion_is_asked_about(demands: Sequence[Demand]) -> None:
    assert len(demands) == RULES
    assert len(load_text(print_rules(demands)).promotions) == RULES


def test_a_wrong_match_ends_the_race(shelves: Sequence[Shelf], expected: list[list[str]]) -> None:
    wrong = [[*found, "R99999"] for found in expected]
    with pytest.raises(WrongMatch, match="liar: cart cart-0000000 matches"):
        check_matches("liar", expected, wrong, shelves)


def test_what_has_no_words_is_refused() -> None:
    text = "promotions:\n  a: {when: 'cart.quantity >= 3', then: {percent_off: 5%}}\n"
    with pytest.raises(ValueError, match="the peers have no words for"):
        demands_of(load_text(text))
