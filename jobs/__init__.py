"""The on-disk job queue: huey carries the messages, the ledger is the truth."""
