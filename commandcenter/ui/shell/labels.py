"""Labels dressed by the role their words play."""

from commandcenter.ui.core.widgets import Label, TextRole


def labelled(role: TextRole, text: str = "") -> Label:
    """A label of a role that the style sheet knows; its owner writes the words."""
    label = Label(role=role)
    label.show_text(text)
    return label
