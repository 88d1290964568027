"""Reads across packages: the effect of an act before it is done, zones with their lifting, sheets."""
