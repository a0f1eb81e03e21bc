"""What `--help` tells of the plain commands."""

from typing import Final

COMMANDS: Final = """\
commands of --plain (lines of cells with tabs between, for scripts and screen readers):
  search WORDS [--limit N]
                     books whose title or author has the words: id, title, author, price, stock
  subjects [WORDS] [--limit N]
                     the subjects that hold the words: how many books, subject
  subject SUBJECT [--limit N]
                     the books on a subject, as from search
  info ID            one book: a name and a value on each line
  buy ID [--copies N] [--yes]
                     buy one copy or so many; asks first unless --yes;
                     what became of it, copies, title, price of one, the order's id
  orders [--limit N] the newest orders: when, state, copies, title, price, id
  report             what was sold: in all, by hour, by day; best sellers; what runs low
  settle             only ask what became of purchases whose outcome is not known yet;
                     every other command but settings asks that first, too
  settings           where the settings are, what holds now, and every key: its name in the
                     settings, the keys as they are written there, who says so, what it does

--limit is 100 unless told. Options of the app come before --plain. After a -- every word is
a word, even one like --help.

exit status:
  0  done             1  the shop said no, or has nothing by that name: nothing was bought
  2  used wrongly     3  the shop cannot do it now: nothing was bought; try again
  4  a purchase's outcome is not known yet; its key is kept, and the next run asks again
  5  read-only      130  stopped with Ctrl-C; the next run asks about what was on its way
"""
