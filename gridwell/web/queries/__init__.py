"""Reads of the shell pages: what Today shows, by role."""
