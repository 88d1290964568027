"""Pages of ledgers: imports and exports."""
