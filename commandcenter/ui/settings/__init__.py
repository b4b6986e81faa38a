"""Settings."""


def install(tools: object) -> None:
    """Pages are registered here."""
