"""Every disk that a crash may leave, one after the other.

`Snapshot.variants` takes a few by chance; this takes them all, as far as there is a last one:

- each subset of the renames, new names and deletions under way, with nothing and with all of what
  was written and not synced;
- for each file that was written to, each content that it may have: cut at every byte, the rest
  zeros or garbage by turns, or the beginning zeros or garbage and the rest there, and some holes.
"""

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Final

from tests.memory_disk import MemoryDisk, Snapshot

# 2 to this power subsets of names; where more changes are under way, as many by chance.
_MOST_CHANGES: Final = 7
_HOLES: Final = 24


def every(snapshot: Snapshot, random: Random) -> Iterator[MemoryDisk]:
    """All of them; the coarse ones first. Some are alike."""
    nothing = {inode: synced for inode, (synced, _) in snapshot.files.items()}
    everything = {inode: seen[-1] for inode, (_, seen) in snapshot.files.items()}
    for kept in _subsets(len(snapshot.pending), random):
        yield snapshot.disk(kept, nothing)
        yield snapshot.disk(kept, everything)
    changes = len(snapshot.pending)
    by_chance = tuple(random.random() < 0.5 for _ in range(changes))
    for inode, (synced, seen) in snapshot.files.items():
        if seen == (synced,):
            continue
        for content in contents(synced, seen, random):
            for kept in {(True,) * changes, (False,) * changes, by_chance}:
                yield snapshot.disk(kept, everything | {inode: content})


def _subsets(changes: int, random: Random) -> Iterator[tuple[bool, ...]]:
    if changes <= _MOST_CHANGES:
        yield from product((False, True), repeat=changes)
        return
    for _ in range(2**_MOST_CHANGES):
        yield tuple(random.random() < 0.5 for _ in range(changes))


def contents(synced: bytes, seen: tuple[bytes, ...], random: Random) -> Iterator[bytes]:
    """Each content that a file may have of which `synced` is on disk and `seen` may be."""
    yield synced
    # What was there before a cut is as programs saw it; its halves were at moments before.
    yield from seen[:-1]
    data = seen[-1]
    if data.startswith(synced):
        for tail in _tails(data[len(synced) :], random):
            yield synced + tail
    else:
        # Emptied and written anew: the old length may be there with the new bytes, too.
        for at in range(len(data)):
            yield data[:at]
        yield data + bytes(max(0, len(synced) - len(data)))
    yield data


def _tails(tail: bytes, random: Random) -> Iterator[bytes]:
    size = len(tail)
    for at in range(size):
        yield tail[:at]
        yield tail[:at] + (random.randbytes(size - at) if at % 2 else bytes(size - at))
        yield (bytes(at) if at % 2 else random.randbytes(at)) + tail[at:]
    for _ in range(_HOLES if size > 2 else 0):
        start, end = sorted(random.sample(range(size), 2))
        yield tail[:start] + bytes(end - start) + tail[end:]
    yield from _without_a_line(tail)


def _without_a_line(tail: bytes) -> Iterator[bytes]:
    """One line of a write is zeros, the others are there."""
    start = 0
    while (end := tail.find(b"\n", start)) >= 0:
        yield tail[:start] + bytes(end + 1 - start) + tail[end + 1 :]
        start = end + 1
