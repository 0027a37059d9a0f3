"""The full-text index beside the catalogue: tantivy, the same on both databases."""
