"""The whole shop in one process, under every fault that three machines can have, from one seed.

python -m tests.simulation            a campaign, and how often each thing happened
python -m tests.simulation 1234       one seed again, step by step
python -m tests.simulation --help     which seeds, and how many
"""
