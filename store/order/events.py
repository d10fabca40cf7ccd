"""What happens to customers beside their orders in, points, cards and rewards for it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ...engine.loyalty.answers import EventAnswer
from ...engine.loyalty.errors import EventError
from ...engine.loyalty.event_intake import EventSource
from ..acting import act, look
from ..asking import careful, wrong
from ..errors import StoreError
from ..refusals import Declined
from ..rules.library import Library
from ..tenancy import Tenancy
from ..transaction import Transaction
from .desk import Desk
from .naming import answers_with_names
from .papers import Notice, read_notice
from .telling import check_told, tell

CHUNK = 1_000  # events of one transaction

Answered = EventAnswer | Declined | EventError | StoreError


@careful
class Events:
    """What is told to the store of one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy, library: Library) -> None:
        self._tenancy = tenancy
        self._library = library

    def handle(
        self, event: EventSource, *, request: str | None = None, at_us: int | None = None
    ) -> EventAnswer | Declined:
        """Answer an event and book all that it gives and takes, or nothing.

        Signups, birthdays, visits, evidence, `external.*`, rewards for points (`redeem`), and that
        a friend was invited or registered. The same event again has the same answer and no effect.
        A late one is answered by the rules and tiers of its instant. Who was not known before is
        made a member. Declines `conflict` for another event with the id, and what points, stock and
        codes can be declined for. Raises `EventError`, naming the field, and `StoreError`.
        """
        notice = read_notice(event, check_told)
        answer = self._tell_one(notice, request, at_us)
        return answer if isinstance(answer, Declined) else self._name([answer])[0]

    def handle_many(
        self, events: Iterable[EventSource], *, at_us: int | None = None
    ) -> Iterator[Answered]:
        """Answer any number of events, lazily, in their order, a thousand in a transaction.

        What is declined, or cannot be read, stands in its place, and the others go on. Told again
        from the beginning, those that were answered before have the same answers.
        """
        if isinstance(events, (str, bytes, Mapping)) or not isinstance(events, Iterable):
            raise wrong("events", "a list of events, or what gives one after the other", events)
        waiting = iter(events)
        while chunk := list(islice(waiting, CHUNK)):
            yield from self._handle_chunk(chunk, at_us)

    def _handle_chunk(self, chunk: Sequence[EventSource], at_us: int | None) -> list[Answered]:
        """The answers to some events: together, or one by one if something speaks against that."""
        read = [self._read(event) for event in chunk]
        good = [one for one in read if isinstance(one, Notice)]
        told = self._tell_all(good, at_us)
        named = iter(self._name([one for one in told if isinstance(one, EventAnswer)]))
        answers = iter([next(named) if isinstance(one, EventAnswer) else one for one in told])
        return [next(answers) if isinstance(one, Notice) else one for one in read]

    def _read(self, event: EventSource) -> Notice | EventError | StoreError:
        """An event, or what is wrong with it."""
        try:
            return read_notice(event, check_told)
        except (EventError, StoreError) as error:
            return error.with_traceback(None)

    def _tell_all(self, notices: Sequence[Notice], at_us: int | None) -> list[Answered]:
        """The answers to events in one transaction; where that fails, in one for each."""

        def work(tx: Transaction) -> list[EventAnswer]:
            return tell(Desk(tx, self._library), notices)

        try:
            answers = act(self._tenancy, "handle_many", None, work, list[EventAnswer], at_us=at_us)
        except (EventError, StoreError):
            answers = None
        if isinstance(answers, list):
            return list(answers)
        found: list[Answered] = []
        for notice in notices:
            try:
                found.append(self._tell_one(notice, None, at_us))
            except (EventError, StoreError) as error:
                found.append(error.with_traceback(None))
        return found

    def _tell_one(
        self, notice: Notice, request: str | None, at_us: int | None
    ) -> EventAnswer | Declined:
        """The answer to one event, people by `members.id`."""

        def work(tx: Transaction) -> EventAnswer:
            return tell(Desk(tx, self._library), [notice])[0]

        asked = notice.json.decode()
        return act(self._tenancy, "handle", asked, work, EventAnswer, request=request, at_us=at_us)

    def _name(self, answers: Sequence[EventAnswer]) -> list[EventAnswer]:
        """Answers that call people as the shop does."""
        return look(self._tenancy, lambda tx: answers_with_names(tx, answers))
