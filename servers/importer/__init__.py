"""Project Gutenberg's catalogue into a books.csv: `python -m servers import`.

rows.py      a CSV's lines -> rows, also where some are broken
source.py    the catalogue: its bytes, its header, its rows
wording.py   a catalogue's title, authors and shelves -> what stands on a book
works.py     rows -> works: filtered, put together, doubles dropped
rules.py     a work's price and stock, drawn from the seed
books.py     works -> books with ids
output.py    the file, whole or not at all
progress.py  how far it is
options.py   what may be said on the command line
command.py   the import from beginning to end
"""
