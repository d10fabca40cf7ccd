"""The database itself: connections, transactions, sealed rows, and who may change what."""
