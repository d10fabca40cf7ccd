"""Rule sets that were published, and which of them holds when."""
