"""The settings of one node: one model, read from TOML and the environment, each value traced."""
