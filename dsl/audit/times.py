"""Windows as they are written in, warnings about times no clock shows or no program has out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..expression.literals import EPOCH, MICROSECOND, read_local, split_window
from ..tree.nodes import Scalar
from .periods import meet
from .places import Places
from .scene import Scene

WINDOWED = ("promotions", "programs", "earning_rules", "burning_rules", "campaigns")


def check_times(scene: Scene) -> None:
    """Warn of local times that do not exist, of windows that never open."""
    zones = {program.id: program.timezone for program in scene.ruleset.loyalty.programs}
    for section in WINDOWED:
        for name in scene.concerns.places.entries(section):
            written = scene.concerns.places.value_at(section, name, "active")
            if isinstance(written, Scalar) and "T" in written.text:
                owner = program_of(scene.concerns.places, section, name)
                check_clock(scene, written, ZoneInfo(zones.get(owner, scene.ruleset.timezone)))
    for rules in scene.programs:
        for section, rule in rules.owned:
            if meet(rules.program.window, rule.window) is None:
                place = (section, rule.id, "active")
                scene.concerns.add("W563", *place, rule=rule.id, program=rules.id)


def program_of(places: Places, section: str, name: str) -> str:
    """The program whose clock the window of a rule is read by; empty for a promotion."""
    if section == "programs":
        return name
    written = places.value_at(section, name, "program")
    return written.text if isinstance(written, Scalar) else ""


def check_clock(scene: Scene, written: Scalar, zone: ZoneInfo) -> None:
    """Warn of ends of a window that the clocks of a zone never show, note those shown twice.

    A bare day is what it is wherever its midnight fell.
    """
    for text, offset in split_window(written.text):
        if "T" not in text:
            continue
        clock_us, minutes = read_local(text)
        if minutes is not None:
            continue
        place = written.span_of(offset, offset + len(text))
        local = EPOCH + clock_us * MICROSECOND
        apart = time_apart(local, zone)
        if not apart:
            continue
        first = local - (local.replace(tzinfo=zone).utcoffset() or timedelta())
        words = {"zone": zone.key, "time": text}
        if apart < timedelta():
            moved = (local - apart).isoformat(timespec="seconds" if local.second else "minutes")
            help = f"that is {first.isoformat()}Z; clocks go forward then"
            scene.concerns.add_at("W561", place, shown=moved, help=help, **words)
        else:
            second = (first + apart).isoformat()
            help = f"that is {first.isoformat()}Z; write `{second}Z` for the second"
            scene.concerns.add_at("N562", place, help=help, **words)


def time_apart(local: datetime, zone: ZoneInfo) -> timedelta:
    """How far apart the first and the second time are at which clocks show the same.

    It is negative, by the length of the gap, for a time that is skipped.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return (first or timedelta()) - (second or timedelta())
