"""The three servers."""
