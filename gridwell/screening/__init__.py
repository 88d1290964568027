"""Screening rounds: who is due, sites and slots, the desk, who is missing (核酸筛查)."""
