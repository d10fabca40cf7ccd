"""The face of the writer of canonical texts."""

from collections.abc import Mapping, Sequence

def write_digest(part: object, left_out: Mapping[str, Sequence[str]]) -> str:
    """The hexadecimal digits of the digest of some checked data."""
