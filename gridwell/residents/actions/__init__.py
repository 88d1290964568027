"""Writes of the register: households, residents, what is known of them, their colours."""
