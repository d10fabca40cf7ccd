"""The table of warnings and notes."""

from tallystick.dsl.audit.concerns import MESSAGES

from .looking import POINTS, club, look


def test_codes_say_how_bad_it_is() -> None:
    assert {code[0] for code in MESSAGES} == {"W", "N"}
    assert list(MESSAGES) == sorted(MESSAGES, key=lambda code: code[1:])


def test_names_of_authors_are_cut_like_those_of_problems() -> None:
    name = "n" * 300
    rule = POINTS.replace("purchase:", f"{name}:").replace("award:", "limits: {points: 0}, award:")
    (found,) = [one for one in look(club(earning_rules=rule)) if one.code == "W553"]
    assert "n" * 300 not in found.message
    assert "…" in found.message
