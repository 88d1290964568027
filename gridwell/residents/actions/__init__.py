"""Writes of the register: households, residents, what is known of them, their colours."""

from gridwell.residents.actions.tails import recode_tails

__all__ = ["recode_tails"]
