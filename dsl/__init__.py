"""Rule text in, a checked rule set out."""
