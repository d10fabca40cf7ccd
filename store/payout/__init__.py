"""Money that leaves the shop: disbursements, their providers, the wallet and gift cards."""
