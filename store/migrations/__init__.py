"""Schemas, one after the other: what brings an older store up to this version."""
