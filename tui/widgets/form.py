"""Fields to type a book into; what is typed or pasted can never steer the terminal."""

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea
from textual.widgets.text_area import Edit, EditResult

from tui import text


class Line(Input):
    """A field of one line."""

    def __init__(self, value: str = "", *, password: bool = False, placeholder: str = "") -> None:
        super().__init__(
            value, password=password, placeholder=placeholder, compact=True, select_on_focus=False
        )

    def validate_value(self, value: str) -> str:
        """Only what can be shown gets in."""
        return text.typed(value)


class Page(TextArea):
    """A field of several lines; Tab leaves it."""

    def __init__(self, value: str = "") -> None:
        super().__init__(
            "\n".join(map(text.typed, value.split("\n"))),
            compact=True,
            highlight_cursor_line=False,
        )

    def edit(self, edit: Edit) -> EditResult:
        """Only what can be shown gets in."""
        clean = "\n".join(map(text.typed, edit.text.splitlines()))
        if edit.text.endswith("\n"):
            clean += "\n"
        return super().edit(replace(edit, text=clean))


class Field(Horizontal):
    """A name, a box to type in, and under it what is wrong with what was typed."""

    class Typed(Message):
        """Something else stands in the field now."""

    def __init__(self, name: str, label: str, control: Line | Page, hint: str = "") -> None:
        super().__init__(id=f"field-{name}")
        self.key = name
        self._label = label
        self._hint = hint
        self._refused = ""
        self.control = control

    def compose(self) -> ComposeResult:
        """The label beside the box, the error under it."""
        yield Static(Content(self._label), markup=False, classes="label")
        with Vertical(classes="box"):
            yield self.control
            yield Static(markup=False, classes="error")

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self.wrong("")

    @property
    def value(self) -> str:
        """What stands in it."""
        return self.control.text if isinstance(self.control, Page) else self.control.value

    @value.setter
    def value(self, value: str) -> None:
        if isinstance(self.control, Page):
            self.control.load_text("\n".join(map(text.typed, value.split("\n"))))
        else:
            self.control.value = value

    def wrong(self, sentence: str) -> None:
        """Show what is wrong until something else is typed, or with no words the hint."""
        self._refused = self.value
        shown = Content.styled(f"✗ {text.one_line(sentence)}", "$text-error")
        hint = Content.styled(self._hint, "$muted")
        error = self.query_one(".error", Static)
        error.update(shown if sentence else hint)
        error.display = bool(sentence or self._hint)
        self.set_class(bool(sentence), "-wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell it in this form's words."""
        event.stop()
        self._changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell it in this form's words."""
        event.stop()
        self._changed()

    def _changed(self) -> None:
        # What was set just before it was refused is told of after that.
        if self.has_class("-wrong") and self.value != self._refused:
            self.wrong("")
        self.post_message(self.Typed())
