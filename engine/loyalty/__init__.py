"""Loyalty beside the cart: days, tiers, events, refunds, stamp cards, and their moves."""
