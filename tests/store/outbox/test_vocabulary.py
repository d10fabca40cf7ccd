"""The types of events: what is told anywhere can be asked for, and stands in the docs."""

import ast
import re
from pathlib import Path

from tallystick.store.outbox.vocabulary import EVENT_TYPES

ROOT = Path(__file__).resolve().parents[3]


def test_whatever_is_told_is_in_the_vocabulary() -> None:
    for path in (ROOT / "store").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("tx.tell"):
                type = node.args[0]
                if isinstance(type, ast.Constant):
                    assert str(type.value) in EVENT_TYPES, path


def test_the_docs_have_every_type() -> None:
    text = (ROOT / "docs" / "store.md").read_text()
    table = text.split("<!-- check: event-types -->")[1].split("\n\n")[1]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.MULTILINE)
    assert dict(rows) == EVENT_TYPES
