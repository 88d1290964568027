"""Writes of ledgers: imports and their undo, answers, mapped columns, layouts, exports."""
