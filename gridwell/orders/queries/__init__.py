"""Reads of orders, by subject: `notices`, `zones`, `matching`, `modes`, `standstills`, `sheets`."""
