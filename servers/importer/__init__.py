"""Project Gutenberg's catalogue into a books.csv or a running shop: `python -m servers import`.

rows.py      a CSV's lines -> rows, also where some are broken
source.py    the catalogue: its bytes, its header, its rows
wording.py   a catalogue's title, authors and shelves -> what stands on a book
works.py     rows -> works: filtered, put together, doubles dropped
rules.py     a work's price and stock, drawn from the seed
books.py     works -> books with ids
output.py    the file, whole or not at all
progress.py  how far it is
options.py   what may be said on the command line
gather.py    a catalogue -> the works that were asked for
command.py   the import into a file from beginning to end
saying.py    what is said on the terminal

sheet.py     a books.csv of the shop's own -> books to be added
listed.py    a book to be added, and the key that it is known by in every run
token.py     the admin's token
sending.py   books to be added -> the shop, batch by batch, each once
into.py      the import into a running shop from beginning to end
"""
