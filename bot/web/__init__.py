"""The web room: a small server of our own. `rooms` are handed to it; it knows about sockets, limits and stopping."""
