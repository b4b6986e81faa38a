"""A cursor over JSON text, so that only one feature or arc at a time is held as Python objects."""

import json
import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")


class Scanner:
    """A cursor over JSON text that can walk into objects and arrays without building them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._decode = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1]

    def expect(self, wanted: str) -> str:
        """Step over one of the characters of ``wanted``; ValueError for another one."""
        found = self.peek()
        if not found or found not in wanted:
            raise json.JSONDecodeError("unexpected character", self.text, self.at)
        self.at += 1
        return found

    def value(self) -> Any:
        """The value that begins here, as Python objects."""
        self.peek()
        found, self.at = self._decode(self.text, self.at)
        return found

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; whoever iterates consumes each value."""
        self.expect("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise json.JSONDecodeError("a key is text", self.text, self.at)
            self.expect(":")
            yield key
            if self.expect(",}") == "}":
                return

    def items(self) -> Iterator[None]:
        """The places of the array that begins here; whoever iterates consumes each value."""
        self.expect("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield
            if self.expect(",]") == "]":
                return
