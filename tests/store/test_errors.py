"""Errors of the store: the same wherever they are sent."""

from __future__ import annotations

import pickle

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.openings import BadFile, BadLine


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_can_be_sent_to_another_process(protocol: int) -> None:
    error = StoreError("bad_value", "points", expected="a number", got="`x`")
    error.add_note("of a batch")
    sent = pickle.loads(pickle.dumps(error, protocol))
    assert type(sent) is StoreError
    assert (sent.code, sent.path, str(sent)) == (error.code, error.path, str(error))
    assert sent.__notes__ == ["of a batch"]
    bad = BadFile("old.csv", [BadLine(2, "no such member")])
    sent = pickle.loads(pickle.dumps(bad, protocol))
    assert type(sent) is BadFile
    assert (sent.code, sent.problems, str(sent)) == ("bad_file", bad.problems, str(bad))
