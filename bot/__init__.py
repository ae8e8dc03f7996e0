"""Sosik: the chat side."""
