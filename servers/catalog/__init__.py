"""The catalog server: the books, and every sale taken from stock."""
