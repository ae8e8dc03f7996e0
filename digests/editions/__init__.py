"""What is sent, to whom and when: alerts, digests, cards, due times. Pure; `now` is an argument."""
