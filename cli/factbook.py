"""JSON Lines of facts in, the facts of a cart or an event out, looked up by its id.

Facts may stand in any order, so all of them are read before the first cart. Up to `ROOM_BYTES` of
them stay in memory; beyond that they all move to a temporary SQLite file, which vanishes with the
process. Whether the facts themselves make sense is for the engine to say, cart by cart.

LIMIT: memory stays below about twice `ROOM_BYTES`, whatever the number of facts.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from types import TracebackType

import msgspec

from .carts import json_reader, number_lines, open_source, read_documents
from .failure import Failure, unreadable

ROOM_BYTES = 16 * 2**20
ENTRY_BYTES = 250  # what Python adds to an entry in memory
BATCH = 5_000  # rows written at once

Row = tuple[str, int, bytes]  # cart, line number, facts


class OfCart(msgspec.Struct):
    """The one field of facts that is read here."""

    cart: str


class OfEvent(msgspec.Struct):
    """The same of the facts of an event."""

    event: str


EXPECTED = {
    "cart": 'a `cart` key, like {"cart": "c1", "uses": {}}',
    "event": 'an `event` key, like {"event": "e1", "members": {}}',
}
cart_reader = msgspec.json.Decoder(OfCart)
event_reader = msgspec.json.Decoder(OfEvent)


class Factbook(Mapping[str, bytes]):
    """Facts by id, as JSON; closing it gives back the disk. Safe to share between threads.

    `noun` says of what: `cart`, or `event`.
    """

    def __init__(self, noun: str = "cart") -> None:
        self._noun = noun
        self._held: dict[str, tuple[int, bytes]] = {}
        self._held_bytes = 0
        self._rows: list[Row] = []
        self._file: sqlite3.Connection | None = None
        self._seen: set[str] = set()  # carts of the input; on disk, those not yet marked there
        self._lock = Lock()

    def __enter__(self) -> "Factbook":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def read(self, path: Path) -> None:
        """Read a file of facts. Raises `Failure`, naming the line, if it is no such file."""
        with open_source(path) as stream:
            try:
                for number, line in number_lines(stream):
                    self.add(path, number, key_of(path, number, line, self._noun), line)
            except OSError as error:
                raise unreadable(path, error) from None
        if self._file is not None:
            self._write(path)

    def add(self, path: Path, number: int, cart: str, line: bytes) -> None:
        """Put the facts of one cart in; there may be none of it yet."""
        if self._file is None:
            if cart in self._held:
                raise twice(path, number, cart, self._held[cart][0], self._noun)
            self._held[cart] = number, line
            self._held_bytes += len(cart) + len(line) + ENTRY_BYTES
            if self._held_bytes > ROOM_BYTES:
                self._move_out(path)
            return
        self._rows.append((cart, number, line))
        if len(self._rows) >= BATCH:
            self._write(path)

    def _move_out(self, path: Path) -> None:
        """Move everything from memory to a temporary file."""
        self._file = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._file.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
            "CREATE TABLE facts (cart TEXT PRIMARY KEY, line INTEGER, facts BLOB);"
            "CREATE TABLE seen (cart TEXT PRIMARY KEY) WITHOUT ROWID"
        )
        self._rows = [(cart, number, line) for cart, (number, line) in self._held.items()]
        self._held.clear()
        self._write(path)

    def _write(self, path: Path) -> None:
        """Write the rows that wait."""
        assert self._file is not None
        seen: dict[str, int] = {}
        for cart, number, _ in self._rows:
            earlier = seen.setdefault(cart, number)
            if earlier != number:
                raise twice(path, number, cart, earlier)
        try:
            self._file.execute("BEGIN")
            self._file.executemany("INSERT INTO facts VALUES (?, ?, ?)", self._rows)
            self._file.execute("COMMIT")
        except sqlite3.IntegrityError:
            raise self._find_repeated(path) from None
        except sqlite3.OperationalError as error:
            raise Failure(f"cannot keep the facts of `{path}` on disk: {error}") from None
        self._rows.clear()

    def see(self, cart: str | None) -> None:
        """Note that a cart is in the input."""
        if cart is None or cart not in self:
            return
        self._seen.add(cart)
        if self._file is not None and len(self._seen) >= BATCH:
            self._mark_seen()

    def count_unseen(self) -> int:
        """For how many carts there are facts that no cart of the input asked for."""
        if self._file is None:
            return len(self._held) - len(self._seen)
        self._mark_seen()
        with self._lock:
            seen: int = self._file.execute("SELECT count(*) FROM seen").fetchone()[0]
        return len(self) - seen

    def _mark_seen(self) -> None:
        """Move the carts seen from memory to the temporary file."""
        assert self._file is not None
        with self._lock:
            try:
                self._file.execute("BEGIN")
                rows = [(cart,) for cart in self._seen]
                self._file.executemany("INSERT OR IGNORE INTO seen VALUES (?)", rows)
                self._file.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise Failure(f"cannot keep the carts seen on disk: {error}") from None
        self._seen.clear()

    def _find_repeated(self, path: Path) -> Failure:
        """Which of the waiting rows is about a cart of an earlier line."""
        assert self._file is not None
        for cart, number, _ in self._rows:
            row = self._file.execute("SELECT line FROM facts WHERE cart = ?", (cart,)).fetchone()
            if row is not None and row[0] != number:
                return twice(path, number, cart, row[0], self._noun)
        raise AssertionError("no row is there twice")

    def __getitem__(self, cart: str) -> bytes:
        if self._file is None:
            return self._held[cart][1]
        with self._lock:
            row = self._file.execute("SELECT facts FROM facts WHERE cart = ?", (cart,)).fetchone()
        if row is None:
            raise KeyError(cart)
        found: bytes = row[0]
        return found

    def __iter__(self) -> Iterator[str]:
        if self._file is None:
            return iter(self._held)
        with self._lock:
            rows = self._file.execute("SELECT cart FROM facts ORDER BY line").fetchall()
        return (row[0] for row in rows)

    def __len__(self) -> int:
        if self._file is None:
            return len(self._held)
        with self._lock:
            count: int = self._file.execute("SELECT count(*) FROM facts").fetchone()[0]
        return count


@contextmanager
def open_factbook(path: Path, noun: str = "cart") -> Iterator[Factbook]:
    """The facts of a file, by cart or by event."""
    with Factbook(noun) as book:
        book.read(path)
        yield book


def twice(path: Path, number: int, id: str, earlier: int, noun: str = "cart") -> Failure:
    """The failure of two lines about one cart or event."""
    return Failure(f"`{path}` line {number}: {noun} `{id}` has facts already, on line {earlier}")


def key_of(path: Path, number: int, line: bytes, noun: str = "cart") -> str:
    """The cart, or the event, that a line of facts is about."""
    try:
        if noun == "event":
            return event_reader.decode(line).event
        return cart_reader.decode(line).cart
    except msgspec.ValidationError:
        expected = f"expected an object with {EXPECTED[noun]}"
        raise Failure(f"`{path}` line {number}: {expected}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Failure(f"`{path}` line {number}: no JSON: {shown(line)}") from None


def shown(line: bytes) -> str:
    """The beginning of a line."""
    text = line.strip().decode(errors="replace")
    return f"`{text if len(text) <= 40 else text[:39] + '…'}`"


def find_facts(path: Path, cart_id: str) -> tuple[bytes | None, int]:
    """The facts of one cart out of a file, and for how many others there are some.

    A lone object without `cart` is about any cart.
    """
    found: tuple[int, bytes] | None = None
    others = 0
    with open_source(path) as stream:
        try:
            documents = read_documents(stream)
            head = list(islice(documents, 2))
            if len(head) == 1 and is_about_any(head[0][1]):
                return head[0][1], 0
            for number, document in chain(head, documents):
                if key_of(path, number, document) != cart_id:
                    others += 1
                    continue
                if found is not None:
                    raise twice(path, number, cart_id, found[0])
                found = number, document
        except OSError as error:
            raise unreadable(path, error) from None
    return None if found is None else found[1], others


def is_about_any(document: bytes) -> bool:
    """Whether facts name no cart."""
    try:
        facts = json_reader.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return isinstance(facts, dict) and "cart" not in facts
