"""How long what people write may be: one count for forms, command lines and files."""

LONGEST_TEXT = 5_000
"""Characters of one text. Some four printed pages of Chinese: nobody reads more of one field at a desk, and a text that
was pasted by mistake is told before it is on every timeline. What is in a database already stays readable, whatever its
length."""


def excess(text: str) -> int:
    """So many characters are too many; 0 where it fits. Characters as a person counts them in Chinese: each is one,
    spaces and line breaks inside count."""
    return max(0, len(text.strip()) - LONGEST_TEXT)
