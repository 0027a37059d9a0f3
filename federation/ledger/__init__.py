"""The benefit-sharing ledger: what each party gets of an income, the same to the fen at all."""
