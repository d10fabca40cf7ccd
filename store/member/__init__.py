"""Members, their programs and referrals, and how a person is forgotten."""
