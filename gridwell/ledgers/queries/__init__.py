"""Reads of ledgers: what the register knows of a ledger's people, imports, exports."""
