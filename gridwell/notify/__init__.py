"""Telling people: messages, channels, delivery (通知)."""
