"""Sending: the step that empties the outbox, the gate that paces every request, and what answers mean."""
