"""The whole bot in one process, by one seed: clock, chance, publishers, Telegram and the crashes are simulated."""
