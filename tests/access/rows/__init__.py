"""Rows of the table of URL × role, a file a package, each with its list ROWS."""
