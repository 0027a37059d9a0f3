"""The ledger in other programs' formats: pure renderers of one book, which the caller fills."""
