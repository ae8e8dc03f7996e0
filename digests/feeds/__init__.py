"""Feeds: what publishers serve, fetched politely and made into entries. Knows no story, no edition and no store."""
