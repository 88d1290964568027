"""Reads of the plan: the snapshot it is derived from, and the stored days."""
