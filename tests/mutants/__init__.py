"""Faults made on purpose, each of which a campaign must catch.

python -m tests.mutants --list       what is broken, and which campaign claims to see it
python -m tests.mutants NAME         switch one on: exits 1 with the campaign's failure
python -m tests.mutants              all of them, one after the other

The shop's own code knows nothing of this: a mutant is a piece of text in a copy of it.
"""
