"""What every screen works with, handed in from outside."""

from typing import NamedTuple

from tui.admin import Admin
from tui.clock import Clock
from tui.pending import Keys
from tui.shop import Shop


class Desk(NamedTuple):
    """The shop, the clock, where the keys of unsettled purchases are kept, the admin's calls.

    `read_only` says that nothing may be bought or changed from this desk.
    """

    shop: Shop
    clock: Clock
    keys: Keys
    admin: Admin
    read_only: bool = False
