"""A text in, a YAML scalar of that text out: plain where it can be, in quotes, or folded.

What this writes, any YAML reader takes for the same text; the strict reader of this package sees
no types anyway. Quotes that an author put around a text are kept, one kind for all.
"""

import re
from collections.abc import Iterator

from ..source import LINE_END
from ..tree.nodes import Scalar
from ..tree.quoting import is_balanced

WIDTH_MAX = 100

FIRST_RESERVED = frozenset("-?:,[]{}#&*!|>'\"%@` \t")
RESERVED = re.compile(r":(?=\s|$)|\s#")
RESERVED_IN_FLOW = re.compile(r"[,\[\]{}:?]")
SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# A line may end where one blank stands alone; before `and` and `or` it reads best.
BREAK = re.compile(r"(?<=\S) (?=\S)")
BREAK_BEFORE_WORD = re.compile(r"(?<=\S) (?=(?:and|or) )")
# What only an escape in double quotes can write.
UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def is_plain(text: str, *, is_flow: bool) -> bool:
    """Whether a text may stand without quotes, in a block or inside brackets."""
    if not text or text[0] in FIRST_RESERVED or text[-1].isspace() or UNWRITABLE.search(text):
        return False
    if is_flow and (RESERVED_IN_FLOW.search(text) or not is_balanced(text)):
        return False
    return RESERVED.search(text) is None


def quote_double(text: str) -> str:
    """A text in double quotes, with escapes."""
    escaped = re.sub(r'["\\]', r"\\\g<0>", text)
    return f'"{UNWRITABLE.sub(lambda found: escape(found[0]), escaped)}"'


def escape(character: str) -> str:
    """A character that cannot be written, as it stands inside double quotes."""
    code = ord(character)
    return ESCAPES.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def quote_single(text: str) -> str:
    """A text in single quotes, or in double ones when it has what only escapes can write."""
    if UNWRITABLE.search(text):
        return quote_double(text)
    return "'" + text.replace("'", "''") + "'"


def write_expression(text: str, *, is_flow: bool, has_comment: bool) -> str:
    """An expression on one line: with quotes where YAML would split it or a comment follows."""
    if is_plain(text, is_flow=is_flow) and not has_comment:
        return text
    return quote_single(text)


def write_text(scalar: Scalar) -> str:
    """Any other text on one line, with quotes where its author had them."""
    text = scalar.text
    if scalar.is_empty:
        return ""
    # An open bracket looks to the reader like an expression that YAML split.
    if scalar.is_plain and not UNWRITABLE.search(text) and is_balanced(text):
        return text
    if '"' in text or "\\" in text:
        return quote_single(text)
    return quote_double(text)


def write_key(key: Scalar) -> str:
    """A key; one that is a simple name needs no quotes."""
    return key.text if SIMPLE_NAME.fullmatch(key.text) else write_text(key)


def fold(text: str, width: int) -> list[str] | None:
    """The lines of a folded block scalar (`>-`) of a text, None when folding would change it.

    Lines end before `and` and `or` first, then anywhere between two words.
    """
    if not text or UNWRITABLE.search(text) or text != text.strip():
        return None
    pieces = [
        piece
        for part in BREAK_BEFORE_WORD.split(text)
        for piece in ([part] if len(part) <= width else fill(BREAK.split(part), width))
    ]
    lines = list(fill(pieces, width))
    return lines if len(lines) > 1 else None


def fill(pieces: list[str], width: int) -> Iterator[str]:
    """Pieces joined by blanks to lines of at most `width`, as far as pieces are that short."""
    line = ""
    for piece in pieces:
        if line and len(line) + 1 + len(piece) > width:
            yield line
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    if line:
        yield line


def block_lines(scalar: Scalar) -> tuple[str, list[str]] | None:
    """The header and the lines of a block scalar as its author wrote them, without indentation.

    None for one without text and for one that keeps the empty lines below it (`|+`): those cannot
    be told from the gaps of the layout. A count of blanks in the header becomes `2`.
    """
    header, *lines = LINE_END.split(scalar.raw)
    header = header.partition("#")[0].strip()
    filled = next((line for line in lines if line.strip(" ")), None)
    if filled is None or "+" in header:
        return None
    # What stands before the first word is indentation, but for the blanks that are text.
    begun = next(line for line in scalar.text.split("\n") if line.strip(" "))
    depth = blanks_of(filled) - blanks_of(begun)
    lines = [line[depth:] for line in lines]
    while not lines[-1]:
        lines.pop()
    header = re.sub(r"\d", "2", header)
    if "-" not in header and not scalar.text.endswith("\n"):
        header += "-"  # its last line had no end, and will have one now
    return header, lines


def blanks_of(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip(" "))
