"""The command `ydx`. Modules import what they need when a command runs, so that help is instant."""
