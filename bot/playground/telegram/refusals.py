"""What the Bot API refuses, in the words of the real server."""

from collections.abc import Mapping

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
OTHER_GET_UPDATES = "terminated by other getUpdates request; make sure that only one bot instance is running"


class Refused(Exception):  # noqa: N818 - an answer of the service, not a fault of the program
    """A request answered with `ok: false`.

    `code` is the HTTP status and `error_code`; `parameters` are ResponseParameters
    (`retry_after` in seconds, `migrate_to_chat_id`).
    """

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_api(self) -> dict[str, object]:
        """The body of the answer."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        return body


def bad(reason: str) -> Refused:
    """400: the request cannot be done as it stands."""
    return Refused(400, f"Bad Request: {reason}")


def unparsable(reason: str) -> Refused:
    """400: the markup is wrong."""
    return bad(f"can't parse entities: {reason}")


def forbidden(reason: str) -> Refused:
    """403: the chat does not want this bot."""
    return Refused(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refused:
    """409: two ways of receiving updates at once."""
    return Refused(409, f"Conflict: {reason}")


def too_many(seconds: int) -> Refused:
    """429: wait `seconds` before the next request."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(new_id: int) -> Refused:
    """400: the group lives on as the supergroup `new_id`."""
    return Refused(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new_id},
    )


UNAUTHORIZED = (401, "Unauthorized")
NOT_FOUND = (404, "Not Found")
