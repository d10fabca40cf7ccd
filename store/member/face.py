"""Who takes part in what in, and what is known of them out: the members of a tenant."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..acting import act, look_up
from ..asking import careful
from ..database.overwriting import empty_log
from ..errors import StoreError
from ..ledger.account import AccountKey
from ..ledger.book import Book
from ..ledger.floors import SET_FLOOR
from ..refusals import Decline, Declined, Refusal
from ..rules.library import Library
from ..rules.timeline import Timeline, read_timeline
from ..schema.tenancy import enrolments, members
from ..tenancy import Tenancy
from ..transaction import Transaction
from .enrolling import Enrolled, enrol, find_enrolment, find_member, leave
from .erasing import Erased, erase
from .people import ACTIVE, CLOSED, ERASED, check_active, read_segments
from .showing import MemberShown, show_member
from .staff import check_staff, note_intervention

encoder = msgspec.json.Encoder(order="sorted")
SEGMENTS_MAX = 100  # of one member in one program
SEGMENT_MAX = 100  # characters of one


@careful
class Members:
    """The members of a tenant. They are named as the shop names its customers.

    What changes something takes `request`, a key under which it is done once, and `at_us`.
    """

    def __init__(self, tenancy: Tenancy, library: Library) -> None:
        self.tenancy = tenancy
        self.library = library

    def enrol(
        self,
        member: str,
        program: str,
        *,
        referral_code: str | None = None,
        at_us: int | None = None,
        request: str | None = None,
    ) -> Enrolled | Declined:
        """Make somebody a member of a program; with the referral code of who brought them.

        Declined: a program that is not in force, a code that nobody has, one's own or a second
        one, a code of somebody who bought before, a member who is closed or erased.
        """

        def work(tx: Transaction) -> Enrolled:
            return enrol(tx, self._timeline(tx), member, program, referral_code)

        asked = [member, program, referral_code]
        return act(self.tenancy, "enrol", asked, work, Enrolled, request=request, at_us=at_us)

    def leave(
        self, member: str, program: str, *, at_us: int | None = None, request: str | None = None
    ) -> Enrolled | Declined:
        """Let somebody leave a program: they earn and spend nothing, and keep what they have."""

        def work(tx: Transaction) -> Enrolled:
            return leave(tx, member, program)

        asked = [member, program]
        return act(self.tenancy, "leave", asked, work, Enrolled, request=request, at_us=at_us)

    def set_segments(
        self,
        member: str,
        program: str,
        segments: Iterable[str],
        *,
        at_us: int | None = None,
        request: str | None = None,
    ) -> Enrolled | Declined:
        """Say in which segments a member is in a program, instead of those they were in."""
        names = read_names(segments)

        def work(tx: Transaction) -> Enrolled:
            row = find_member(tx, member)
            check_active(row)
            mine = find_enrolment(tx, row, program)
            known = read_segments(row["segments"]) if row["segments"] else {}
            known = {**known, program: names}
            told = {key: value for key, value in known.items() if value}
            text = encoder.encode(told).decode() if told else ""
            tx.update(members, [row | {"segments": text}])
            return Enrolled(row["id"], program, mine["joined_at_us"], is_new=False)

        asked = [member, program, names]
        return act(
            self.tenancy, "set_segments", asked, work, Enrolled, request=request, at_us=at_us
        )

    def set_floor(
        self,
        member: str,
        program: str,
        tier: str | None,
        *,
        actor: str,
        reason: str,
        at_us: int | None = None,
        request: str | None = None,
    ) -> Enrolled | Declined:
        """Give a member a tier below which they do not fall, or take it away (None).

        Declined for a tier that the program does not have. Raises `StoreError` without an actor
        and a reason.
        """
        check_staff(actor, reason)

        def work(tx: Transaction) -> Enrolled:
            row = find_member(tx, member)
            check_active(row)
            mine = find_enrolment(tx, row, program)
            timeline = self._timeline(tx)
            check_tier(timeline, tx.at_us, program, tier)
            tx.update(enrolments, [mine | {"tier_floor": tier or ""}])
            note_intervention(
                tx,
                row["id"],
                SET_FLOOR,
                program=program,
                detail=tier or "",
                actor=actor,
                reason=reason,
            )
            book, key = Book(tx, timeline), AccountKey(row["id"], program)
            book.rank(book.open([key])[key])
            return Enrolled(row["id"], program, mine["joined_at_us"], is_new=False)

        asked = [member, program, tier, actor, reason]
        return act(self.tenancy, "set_floor", asked, work, Enrolled, request=request, at_us=at_us)

    def close(
        self,
        member: str,
        *,
        actor: str,
        reason: str,
        at_us: int | None = None,
        request: str | None = None,
    ) -> str | Declined:
        """Let a member earn and spend nothing any more, in no program; their points stay."""
        return self._become(CLOSED, "close", member, actor, reason, at_us, request)

    def reopen(
        self,
        member: str,
        *,
        actor: str,
        reason: str,
        at_us: int | None = None,
        request: str | None = None,
    ) -> str | Declined:
        """Let a member who was closed earn and spend again."""
        return self._become(ACTIVE, "reopen", member, actor, reason, at_us, request)

    def erase(
        self,
        member: str,
        *,
        actor: str,
        reason: str,
        at_us: int | None = None,
        request: str | None = None,
    ) -> Erased | Declined:
        """Take away for ever all that tells who a member is; the books stay as they are.

        Their name becomes a tombstone, and their code, segments, notes, and whatever the papers of
        their orders say of them are gone. Whoever comes by that name afterwards is somebody new.
        `reason` is kept, so it must not say who it was; neither must request keys.
        """
        check_staff(actor, reason)

        def work(tx: Transaction) -> Erased:
            return erase(tx, self.library, member, actor, reason)

        asked = [member, actor, reason]
        answer = act(self.tenancy, "erase", asked, work, Erased, request=request, at_us=at_us)
        empty_log(self.tenancy.database)
        return answer

    def show(self, member: str, *, at_us: int | None = None) -> MemberShown | Declined:
        """All that is known of a member, now or at an instant, past or to come.

        Nothing is written. Of the past the names, status, referral and segments are those of now.
        """

        def work(tx: Transaction) -> MemberShown:
            return show_member(tx, self._timeline(tx), find_member(tx, member), at_us)

        return look_up(self.tenancy, work, at_us)

    def _timeline(self, tx: Transaction) -> Timeline:
        """What is in force when."""
        return read_timeline(tx, self.library)

    def _become(
        self,
        status: str,
        action: str,
        member: str,
        actor: str,
        reason: str,
        at_us: int | None,
        request: str | None,
    ) -> str | Declined:
        """Give a member another status, unless they have it; the status."""
        check_staff(actor, reason)

        def work(tx: Transaction) -> str:
            row = find_member(tx, member)
            if row["status"] == ERASED:
                raise Decline(Refusal.WRONG_STATE, "the member is erased")
            if row["status"] != status:
                tx.update(members, [row | {"status": status}])
                note_intervention(tx, row["id"], action, actor=actor, reason=reason)
            return status

        asked = [member, actor, reason]
        return act(self.tenancy, action, asked, work, str, request=request, at_us=at_us)


def read_names(segments: Iterable[str]) -> list[str]:
    """The names of segments, each once. Raises `StoreError` for what is none."""
    if isinstance(segments, str):
        raise StoreError("bad_value", "segments", expected="a list of names", got="a text")
    names = sorted(set(segments))
    if len(names) > SEGMENTS_MAX:
        expected = f"at most {SEGMENTS_MAX} names"
        raise StoreError("bad_value", "segments", expected=expected, got=len(names))
    for name in names:
        if not 1 <= len(name) <= SEGMENT_MAX:
            expected = f"names of 1 to {SEGMENT_MAX} characters"
            raise StoreError("bad_value", "segments", expected=expected, got=f"one of {len(name)}")
    return names


def check_tier(timeline: Timeline, at_us: int, program: str, tier: str | None) -> None:
    """Decline a tier that a program does not have."""
    terms = timeline.program(program, at_us)
    if terms is None:
        raise Decline(Refusal.UNKNOWN_PROGRAM, f"no program `{program}` is in force")
    levels = [level.id for level in terms.tiers.levels] if terms.tiers else []
    if tier is not None and tier not in levels:
        known = f"no tier `{tier}`, but {', '.join(levels)}" if levels else "no tiers"
        raise Decline(Refusal.UNKNOWN_TIER, f"`{program}` has {known}")
