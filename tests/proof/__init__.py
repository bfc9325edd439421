"""The proof that nothing is posted twice, lost, out of order or bound to a wrong id, whatever fails.

Real client, real engine, the sandbox's world, a state that behaves, virtual time. `make test` runs a sample of each
sweep, `make prove` all of them, and prints how many runs were made and what was counted. Every failure is one line
that reproduces it: `python -m tests.proof.prove again 'LINE'`.
"""
