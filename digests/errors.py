"""One small tree of errors: what happened, to what, a hint for whoever can mend it, and whether waiting helps."""


class SosikError(Exception):
    """Something that went wrong and that somebody can understand.

    `what` is a sentence, `hint` says what to do about it, `passing` whether trying again later may help.
    Neither may hold a secret: errors reach logs and terminals.
    """

    def __init__(self, what: str, *, hint: str = "", passing: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.passing = passing

    def __str__(self) -> str:
        """Give both sentences, as a terminal shows them."""
        return f"{self.what} {self.hint}".strip()


class FeedError(SosikError):
    """A feed could not be fetched or read; the feed is retried later."""

    def __init__(
        self, what: str, *, url: str, hint: str = "", passing: bool = True, status: int | None = None
    ) -> None:
        super().__init__(what, hint=hint, passing=passing)
        self.url = url
        self.status = status


class StoreError(SosikError):
    """The database cannot be used as it is."""


class InUseError(StoreError):
    """Another process works on this database."""


class NewerSchemaError(StoreError):
    """The database was written by a newer version of Sosik."""
