"""Reads of screening: rounds, who is due, who is missing."""
