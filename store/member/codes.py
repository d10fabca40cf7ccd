"""Nothing in, a referral code out: short, easily read aloud, and not to be guessed.

8 of 30 signs are 6.6e11 codes: with 1,000,000 members one guess in 650,000 finds somebody. That two
get the same one is up to the database to find, and then the work is done again with another.
"""

import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that look like another, and no U, so few words
LENGTH = 8


def new_code() -> str:
    """A code that nobody has, as good as always."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def read_code(text: str) -> str:
    """A code as somebody typed it: in small letters too, and with blanks and hyphens."""
    return text.upper().replace(" ", "").replace("-", "")
