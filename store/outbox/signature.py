"""A secret and a message in, headers of Standard Webhooks out; headers in, whether they hold.

A secret is `whsec_` and 24 to 64 bytes in base64. What is signed is `<id>.<timestamp>.<body>`, the
timestamp in seconds since 1970, with HMAC-SHA256.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256

from ..errors import StoreError

PREFIX = "whsec_"
NEW_BYTES = 32
BYTES_MIN, BYTES_MAX = 24, 64
TOLERANCE_S = 300  # how far the clock of a sender may be off, and how old a message may be
SECOND_US = 1_000_000


def new_secret() -> str:
    """A secret nobody can guess."""
    return PREFIX + b64encode(secrets.token_bytes(NEW_BYTES)).decode()


def check_secret(secret: str, path: str = "secret") -> str:
    """The secret itself. Raises `StoreError` unless it is one; the message does not repeat it."""
    try:
        length = len(key_of(secret))
    except ValueError:
        length = 0
    if not secret.startswith(PREFIX) or not BYTES_MIN <= length <= BYTES_MAX:
        raise StoreError("bad_secret", path)
    return secret


def key_of(secret: str) -> bytes:
    """The bytes of a secret."""
    return b64decode(secret.removeprefix(PREFIX), validate=True)


def sign(secret: str, id: str, timestamp_s: int, body: bytes) -> str:
    """The signature of a message: `v1,` and base64."""
    signed = f"{id}.{timestamp_s}.".encode() + body
    return "v1," + b64encode(hmac.new(key_of(secret), signed, sha256).digest()).decode()


def headers_of(secret: str, id: str, at_us: int, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at an instant."""
    timestamp_s = at_us // SECOND_US
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(secret, id, timestamp_s, body),
    }


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, at_us: int) -> bool:
    """Whether one of the signatures holds, and the message is not older or newer than 5 minutes.

    The names of headers are read without regard to capitals.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(at_us // SECOND_US - int(timestamp)) > TOLERANCE_S:
        return False
    expected = sign(secret, given.get("webhook-id", ""), int(timestamp), body).encode()
    held = [
        hmac.compare_digest(one.encode(), expected)
        for one in given.get("webhook-signature", "").split(" ")
    ]
    return any(held)
