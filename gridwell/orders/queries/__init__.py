"""Reads of notices, zones and the other orders."""
