"""SQLite as Django knows it, with writers that take turns."""
