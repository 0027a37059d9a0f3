"""The log: entries, parts, Merkle trees, signed notes, checkpoints, receipts, evidence. Pure."""
