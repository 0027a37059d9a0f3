"""The benefit ledger: documents, decisions, books, and what is read of them."""
