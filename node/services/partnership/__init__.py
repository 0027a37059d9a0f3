"""Enquiries, contracts, and the reports over them."""
