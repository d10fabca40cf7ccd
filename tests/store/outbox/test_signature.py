"""Signatures of Standard Webhooks."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.outbox.signature import (
    check_secret,
    headers_of,
    is_signed,
    new_secret,
    sign,
)

# The example that the specification publishes.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
AT_S = 1_614_265_330
AT_US = AT_S * 1_000_000


def test_the_published_example_has_its_signature() -> None:
    assert sign(SECRET, ID, AT_S, BODY) == SIGNATURE
    expected = {
        "webhook-id": ID,
        "webhook-timestamp": str(AT_S),
        "webhook-signature": SIGNATURE,
    }
    assert headers_of(SECRET, ID, AT_US, BODY) == expected


def test_one_signature_that_holds_is_enough() -> None:
    headers = {
        "Webhook-Id": ID,
        "Webhook-Timestamp": str(AT_S),
        "Webhook-Signature": f"v1a,xxxx v1,AAAA {SIGNATURE}",
    }
    assert is_signed(SECRET, headers, BODY, AT_US)
    assert not is_signed(SECRET, headers, BODY + b" ", AT_US)
    assert not is_signed(SECRET, headers | {"Webhook-Id": "other"}, BODY, AT_US)
    assert not is_signed(new_secret(), headers, BODY, AT_US)
    assert not is_signed(SECRET, {}, BODY, AT_US)
    assert not is_signed(SECRET, headers | {"Webhook-Signature": "v1,ä"}, BODY, AT_US)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_old_or_from_the_future_does_not_hold(seconds: int) -> None:
    headers = headers_of(SECRET, ID, AT_US, BODY)
    assert is_signed(SECRET, headers, BODY, AT_US + (abs(seconds) - 1) * 1_000_000)
    assert not is_signed(SECRET, headers, BODY, AT_US + seconds * 1_000_000)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "٣", "9" * 40])
def test_a_timestamp_is_a_number_of_seconds(timestamp: str) -> None:
    headers = headers_of(SECRET, ID, AT_US, BODY) | {"webhook-timestamp": timestamp}
    assert not is_signed(SECRET, headers, BODY, AT_US)


def test_secrets_are_new_each_time_and_pass_their_own_check() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert check_secret(first) == first


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", SECRET[6:], "whsec_" + "A" * 100, "whsec_ÄÖ"]
)
def test_a_bad_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(StoreError) as error:
        check_secret(secret)
    assert error.value.code == "bad_secret"
    assert len(secret) < 7 or secret not in str(error.value)
