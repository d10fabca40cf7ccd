"""Coupon codes, usage limits and the uses that count for them, and rewards."""
