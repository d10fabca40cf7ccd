"""`mapInArrow` over the pricer: whatever the partitions, every row is what the engine says."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

import tallystick
from tallystick.partition import Pricer, pricer
from tallystick.records import lines_of

from ..market import RULES, draw_carts, lines_for

ROOT = Path(__file__).resolve().parents[2]
CARTS = draw_carts(4_000)


@pytest.fixture(scope="module")
def results() -> list[bytes]:
    """What the engine says of the carts, in the order of their ids."""
    lines = lines_for(CARTS)
    return [line for _, line in sorted(zip([cart["id"] for cart in CARTS], lines, strict=True))]


@pytest.fixture(scope="module")
def function() -> Pricer:
    """The function that Spark runs."""
    return pricer(tallystick.load_text(RULES))


@pytest.fixture
def carts(spark: Any, tmp_path: Path) -> Any:
    """The carts as a data frame, read from Parquet."""
    path = tmp_path / "carts.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(CARTS), path, row_group_size=700)
    return spark.read.parquet(str(path))


def collect(frame: Any) -> list[bytes]:
    """The rows of a result as lines, in the order of their ids."""
    table: pyarrow.Table = frame.orderBy("cart").toArrow().combine_chunks()
    return [line for batch in table.to_batches() for line in lines_of(batch)]


@pytest.mark.parametrize("partitions", [1, 7])
def test_results_are_those_of_the_engine(
    carts: Any, function: Pricer, results: list[bytes], partitions: int
) -> None:
    priced = carts.repartition(partitions).mapInArrow(function, function.ddl)
    assert collect(priced) == results
    refused = sum(b'"error"' in line for line in results)
    assert priced.where("error is not null").count() == refused > 100


def test_the_schema_is_the_same_in_both_words(carts: Any, function: Pricer) -> None:
    priced = carts.limit(1).mapInArrow(function, function.ddl)
    assert priced.toArrow().schema.names == function.schema.names
    assert [str(one.type) for one in priced.toArrow().schema] == [
        str(one.type).replace("item:", "element:") for one in function.schema
    ]


def test_timestamps_are_instants_whatever_the_zone_of_the_session(
    spark: Any, tmp_path: Path, function: Pricer
) -> None:
    good = [cart for cart in CARTS[:500] if cart["placed_at"] != "yesterday"]
    timed = [cart | {"placed_at": datetime.fromisoformat(cart["placed_at"])} for cart in good]
    path = tmp_path / "timed.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(timed), path)
    frame = spark.read.parquet(str(path))
    assert frame.schema["placed_at"].dataType.typeName() == "timestamp"
    priced = {
        row.cart: row.grand_total for row in frame.mapInArrow(function, function.ddl).collect()
    }
    answers = tallystick.Engine(tallystick.load_text(RULES)).quote_batch(good)
    assert priced == {
        cart["id"]: None if isinstance(answer, tallystick.CartError) else answer.grand_total
        for cart, answer in zip(good, answers, strict=True)
    }


def test_empty_partitions_give_nothing(carts: Any, function: Pricer) -> None:
    few = carts.limit(3).repartition(5)
    assert few.mapInArrow(function, function.ddl).count() == 3
    assert carts.where("id = 'nobody'").mapInArrow(function, function.ddl).count() == 0


def test_two_rule_sets_are_not_mixed_up(carts: Any, function: Pricer) -> None:
    other = pricer(tallystick.load_text("promotions: {half: {then: {percent_off: 50%}}}"))
    for one in (function, other, function):
        hashes = carts.mapInArrow(one, one.ddl).where("error is null").select("ruleset").distinct()
        assert [row.ruleset for row in hashes.collect()] == [one.hash]


def test_a_column_that_no_cart_has_is_named(carts: Any, function: Pricer) -> None:
    from pyspark.errors import PythonException

    wrong = carts.withColumnRenamed("coupons", "cupons").mapInArrow(function, function.ddl)
    with pytest.raises(PythonException, match="cupons"):
        wrong.count()


def test_the_job_of_the_docs_runs(carts: Any, tmp_path: Path, results: list[bytes]) -> None:
    page = (ROOT / "docs" / "clusters.md").read_text()
    job = re.search(r"^```python file=job\.py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert job is not None
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "market.yaml").write_text(RULES)
    # Names lead from where Spark was started, which is not here.
    names = r'"(shop|carts\.parquet|results\.parquet|refused\.json)"'
    exec(re.sub(names, rf'"{tmp_path}/\1"', job[1]), {})
    table = parquet.read_table(tmp_path / "results.parquet").sort_by("cart").combine_chunks()
    good = [line for line in results if b'"error"' not in line]
    assert [line for batch in table.to_batches() for line in lines_of(batch)] == good
    told = [
        json.loads(line)
        for path in (tmp_path / "refused.json").glob("*.json")
        for line in path.read_text().splitlines()
    ]
    assert len(told) == len(results) - len(good)
    assert {"cart", "code", "path", "message"} >= told[0].keys() >= {"cart", "code"}
