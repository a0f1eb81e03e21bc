"""Tests of the CSV repository."""
