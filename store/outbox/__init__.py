"""What happened in, messages to others out: at least once, in order."""
