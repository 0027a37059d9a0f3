"""`python -m node` is the command `ydx`."""

from node.commands.main import main

main()
