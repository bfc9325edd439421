"""`python -m publisher`: the command, where its script is not on the path."""

from publisher.cli import main

main()
