"""What at least two of the programs use."""
