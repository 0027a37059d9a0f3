"""The five members of the demo as real processes, driven as a person would drive them."""
