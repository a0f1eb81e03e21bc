"""The frontend server: the only one that a client talks to; it keeps nothing."""
