"""The packages of the extra `peers` in, everybody who takes part out."""

from collections.abc import Mapping

from . import (
    cedar_peer,
    cel_peer,
    duckdb_peer,
    indexed_peer,
    json_logic_peer,
    own_peer,
    polars_peer,
    rule_engine_peer,
    zen_peer,
)
from .peer import Entrant

SIZES = (10, 100, 1_000, 10_000)
# Carts to match with so many promotions: fewer for those who look at every promotion every time.
QUICK: Mapping[int, int] = dict.fromkeys(SIZES, 1_000)
PLAIN: Mapping[int, int] = {10: 500, 100: 200, 1_000: 50, 10_000: 10}
SLOW: Mapping[int, int] = {10: 200, 100: 50, 1_000: 10, 10_000: 3}

ROSTER = (
    Entrant("Tallystick, columns", own_peer.COLUMNS_FORM, own_peer.ColumnsPeer, QUICK),
    Entrant("Tallystick, JSON lines", own_peer.LINES_FORM, own_peer.LinesPeer, QUICK),
    Entrant("Tallystick, one dict", own_peer.DICTS_FORM, own_peer.DictsPeer, QUICK),
    Entrant("indexed Python", indexed_peer.FORM, indexed_peer.IndexedPeer, QUICK),
    Entrant("zen-engine", zen_peer.FORM, zen_peer.ZenPeer, PLAIN),
    Entrant("Polars", polars_peer.FORM, polars_peer.PolarsPeer, QUICK),
    Entrant("DuckDB", duckdb_peer.FORM, duckdb_peer.DuckDBPeer, QUICK),
    Entrant("CEL", cel_peer.FORM, cel_peer.CelPeer, PLAIN),
    Entrant("cedarpy", cedar_peer.FORM, cedar_peer.CedarPeer, SLOW),
    Entrant("rule-engine", rule_engine_peer.FORM, rule_engine_peer.RuleEnginePeer, SLOW),
    Entrant("json-logic", json_logic_peer.FORM, json_logic_peer.JsonLogicPeer, SLOW),
)
