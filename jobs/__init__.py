"""The on-disk job queue: huey carries the messages, the ledger holds the authoritative records."""
