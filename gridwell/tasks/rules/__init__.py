"""Decisions about tasks, without database or clock."""
