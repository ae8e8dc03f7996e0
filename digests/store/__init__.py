"""The store: the only room that knows the database. Begin at `engine.Store`."""
