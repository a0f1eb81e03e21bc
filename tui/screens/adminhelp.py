"""What the help says of the admin's keys."""

from typing import Final

ADMIN: Final = (
    "For the admin",
    (
        ("a", "add a book", ("admin.add",)),
        ("e", "edit the book", ("admin.edit",)),
        ("+", "restock it, or correct its stock", ("admin.restock",)),
        ("d", "delete it, after its id is typed", ("admin.remove",)),
        ("h", "its history: who changed what", ("admin.history",)),
        ("4", "the changes of all books", ("app.changes",)),
    ),
)
FORM: Final = (
    "In a form",
    (
        ("Enter Tab", "the next field", ()),
        ("F2", "what its button says", ("dialog.save",)),
        ("r", "ask again, after a lost answer", ("dialog.again",)),
        ("Esc", "leave; twice, if anything was typed", ("dialog.leave",)),
    ),
)
LOST: Final = (
    "Where another admin was faster",
    (
        ("← →", "keep yours, or take theirs", ("lost.yours", "lost.theirs")),
        ("Space", "the other one", ("lost.turn",)),
        ("↑ ↓", "the next field that differs", ("lost.up", "lost.down")),
        ("F2", "send what is chosen", ("lost.send",)),
        ("Esc", "back to the form, as it was typed", ("lost.back",)),
    ),
)
TRAIL: Final = (
    "In the changes",
    (
        ("Enter", "open the book", ("rows.open",)),
        ("r", "ask again", ("trail.reload",)),
        ("Esc", "back", ("trail.back",)),
    ),
)
