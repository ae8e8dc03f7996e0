"""`python -m bot` and the command `sosik`."""

import gc


def main() -> None:
    """Run the command line."""
    gc.disable()  # what is imported stays: to look for garbage in it is a tenth of the time it takes
    from bot.cli import program  # noqa: PLC0415 - see above

    gc.enable()
    program()


if __name__ == "__main__":
    main()
