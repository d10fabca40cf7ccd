"""How a command went in, the exit status that says so out."""

CLEAN = 0
FINDINGS = 1  # refused carts, problems, failed tests, files to lay out
TROUBLE = 2  # a wrong command line, unusable rules or an internal error
INTERRUPTED = 130
READER_GONE = 141
