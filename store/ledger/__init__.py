"""Credits and debits in, entries out: balances, lots, holds, and the state at any instant."""
