"""`python -m bot` and the command `sosik`."""

from bot.cli import program


def main() -> None:
    """Run the command line."""
    program()


if __name__ == "__main__":
    main()
