"""Enquiries and contracts: the rules that both sides of a partnership must agree on."""
