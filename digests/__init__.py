"""Sosik: the newsroom; usable as a library, without any chat client."""
