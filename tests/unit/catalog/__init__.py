"""The catalog's own parts."""
