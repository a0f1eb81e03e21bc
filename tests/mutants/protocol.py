"""Ways to break the protocol of a purchase."""

from typing import Final

from tests.mutants.mutant import Mutant

_SHELF: Final = "servers/catalog/shelf.py"
_STOCKROOM: Final = "servers/catalog/stockroom.py"
_DELIVERY: Final = "servers/catalog/delivery.py"
_LEDGER: Final = "servers/order/ledger.py"
_SETTLE: Final = "servers/order/settle.py"
_FRONTEND: Final = "servers/frontend/resources.py"
_PEER: Final = "shared/peer.py"

PROTOCOL: Final = (
    Mutant(
        "refusal-not-written",
        "a late copy of a refused request sells after a restock",
        "simulation",
        _SHELF,
        "        change.put(SALES, sale)\n        return sale",
        "        if no is None:\n            change.put(SALES, sale)\n        return sale",
    ),
    Mutant(
        "refusal-told-and-not-written-on-a-full-disk",
        "a late copy of what was refused while the disk was full sells after a restock",
        "api",
        _SHELF,
        "            check_same_purchase(sale, book_id, wish)\n",
        "            check_same_purchase(sale, book_id, wish)\n"
        '            if before is None and sale.state == "refused" and self._repository.trouble:\n'
        "                change.changes.clear()\n",
    ),
    Mutant(
        "stock-checked-outside-of-the-transaction",
        "two buyers are sold the last copy",
        "crowd",
        _SHELF,
        "        book = change.get(BOOKS, book_id)\n        no: ",
        "        book = self._books.get(book_id)\n        no: ",
    ),
    Mutant(
        "stock-and-sale-in-two-transactions",
        "a crash between them loses a copy",
        "simulation",
        _SHELF,
        "                change.put(BOOKS, replace(book, quantity=book.quantity - wish.quantity))",
        "                with self._repository.transaction() as other:\n"
        "                    left = book.quantity - wish.quantity\n"
        "                    other.put(BOOKS, replace(book, quantity=left))",
    ),
    Mutant(
        "key-forgotten-on-restart",
        "a key asked again after a crash buys again",
        "simulation",
        _SHELF,
        "            before = change.get(SALES, key)\n",
        '            known = vars(self).setdefault("known", set())\n'
        "            before = change.get(SALES, key) if key in known else None\n"
        "            known.add(key)\n",
    ),
    Mutant(
        "key-of-another-purchase-accepted",
        "a key's first sale answers for another book",
        "simulation",
        _SHELF,
        "            check_same_purchase(sale, book_id, wish)\n",
        "",
    ),
    Mutant(
        "expected-price-ignored",
        "a buyer is charged what he has not seen",
        "simulation",
        _SHELF,
        "book.refuse(wish.quantity, wish.expected_price)",
        "book.refuse(wish.quantity, None)",
    ),
    Mutant(
        "restock-made-twice",
        "one delivery of books under one key is counted twice",
        "simulation",
        _STOCKROOM,
        "        return before is None\n",
        "        return True\n",
    ),
    Mutant(
        "change-written-apart-from-its-book",
        "a crash between them leaves a change that nothing came of",
        "simulation",
        _STOCKROOM,
        "        change.put(CHANGES, row)\n",
        "        with self._repository.transaction() as other:\n"
        "            other.put(CHANGES, row)\n",
    ),
    Mutant(
        "id-given-again-after-a-removal",
        "a new book takes the place of one that buyers remember",
        "simulation",
        _STOCKROOM,
        "changed = (change.book_id for change in self._changes.all())",
        "changed: tuple[int, ...] = ()",
    ),
    Mutant(
        "key-of-an-added-book-forgotten",
        "a lost answer asked for again puts a second book on the shelf",
        "simulation",
        _STOCKROOM,
        "        before = change.get(CHANGES, asked.key)\n        if before:\n",
        "        before = None\n        if before:\n",
    ),
    Mutant(
        "stock-of-a-removed-book-unaccounted",
        "the trail does not say that its copies went",
        "simulation",
        _STOCKROOM,
        "came = (new.quantity if new else 0) - ",
        "came = (new or book).quantity - ",
    ),
    Mutant(
        "removed-without-a-trail",
        "a book is gone and nobody has taken it",
        "simulation",
        _STOCKROOM,
        "        change.put(CHANGES, row)\n",
        "        if new:\n            change.put(CHANGES, row)\n",
    ),
    Mutant(
        "if-match-not-looked-at",
        "a stock set outright undoes the sale that came in between",
        "simulation",
        _STOCKROOM,
        "                _check_expected(book, asked)\n                new = ",
        "                new = ",
    ),
    Mutant(
        "if-match-looked-at-outside-of-the-transaction",
        "two admins who saw the same book both have their way",
        "crowd",
        _STOCKROOM,
        "                _check_expected(book, asked)\n                new = ",
        "                shown = self._repository.rows(BOOKS).get(book_id)\n"
        "                _check_expected(shown or book, asked)\n"
        "                new = ",
    ),
    Mutant(
        "key-of-a-change-not-handed-on",
        "each try at a change is another change",
        "simulation",
        _FRONTEND,
        "req.method, path, body, key=key, ",
        "req.method, path, body, key=self._new_key(), ",
    ),
    Mutant(
        "delivery-marked-without-an-answer",
        "a sale counts as told before its order is on disk",
        "simulation",
        _DELIVERY,
        "            return AGAIN\n        except ShopError",
        "            return DONE\n        except ShopError",
    ),
    Mutant(
        "dead-letter-dropped",
        "a sale that the order server refuses is marked and forgotten",
        "api",
        _DELIVERY,
        "            self.dead[sale.id] = str(error)\n            return DEAD",
        "            return DONE",
    ),
    Mutant(
        "no-intent-before-the-put",
        "after a lost answer nobody knows that something was to be bought",
        "simulation",
        _LEDGER,
        "                change.put(ORDERS, order)\n            check_same_purchase",
        "            check_same_purchase",
    ),
    Mutant(
        "pending-beats-the-catalogs-sale",
        "an intent under the same key keeps a sale from becoming an order",
        "simulation",
        _LEDGER,
        'new = order is None or order.state == "pending"',
        "new = order is None",
    ),
    Mutant(
        "acknowledged-before-the-order-is-on-disk",
        "the catalog is told that an order is kept which is not",
        "simulation",
        _LEDGER,
        "                order = placed(order_id, sold)\n                change.put(ORDERS, order)",
        "                order = placed(order_id, sold)\n"
        "                self._orders.publish(order_id, order)",
    ),
    Mutant(
        "told-twice-is-refused",
        "an order told of again counts as another purchase",
        "simulation",
        _LEDGER,
        "            elif order != placed(order_id, sold):",
        "            else:",
    ),
    Mutant(
        "timeout-taken-for-failure",
        "an order is refused whose copies are taken",
        "simulation",
        _SETTLE,
        '            _log.warning("order %s stays pending: %s", order.id, error)\n'
        "            return order",
        '            return self._ledger.refuse(order.id, BookNotFound("no answer"))',
    ),
    Mutant(
        "end-not-written-is-told-as-nothing-done",
        "503 for an order whose copies the catalog has sold",
        "api",
        _SETTLE,
        'its end cannot be written: %s", order.id, error)\n            return order',
        'its end cannot be written: %s", order.id, error)\n            raise',
    ),
    Mutant(
        "placed-order-forgotten",
        "an order that was told of meanwhile is deleted as an intent that came to nothing",
        "api",
        _LEDGER,
        "            if change.get(ORDERS, pending.id) == pending:\n",
        "            if change.get(ORDERS, pending.id):\n",
    ),
    Mutant(
        "settled-by-get",
        "the order server's own late request sells after its order was refused",
        "simulation",
        _SETTLE,
        "                    now = self._settle(now)\n                return",
        "                    try:\n"
        '                        self._catalog.get(f"/sales/{now.id}")\n'
        "                    except NotFound:\n"
        '                        self._ledger.refuse(now.id, BookNotFound("not sold"))\n'
        "                        return True\n"
        "                    except TryLater:\n"
        "                        return False\n"
        "                    now = self._settle(now)\n"
        "                return",
    ),
    Mutant(
        "refused-on-the-strength-of-info",
        "a refusal that nobody wrote down is taken back after a restock",
        "simulation",
        _SETTLE,
        "        return msgspec.json.decode(answer.body, type=_BookAnswer).data[0]",
        "        book = msgspec.json.decode(answer.body, type=_BookAnswer).data[0]\n"
        "        if not book.quantity:\n"
        '            raise BookNotFound("none left")\n'
        "        return book",
    ),
    Mutant(
        "intent-of-another-purchase-in-the-way",
        "what a key bought on one route is not found on the other",
        "api",
        _SETTLE,
        "                order = self._clear_the_way(order)\n",
        "                pass\n",
    ),
    Mutant(
        "key-not-handed-on",
        "each try at a purchase is another purchase",
        "simulation",
        _FRONTEND,
        "self._peer.put(path, wish, key=key, deadline=PURCHASE_SECONDS)",
        "self._peer.put(path, wish, key=self._new_key(), deadline=PURCHASE_SECONDS)",
    ),
    Mutant(
        "earlier-unknown-forgotten",
        "a lost answer and then a 503 are told as: nothing was done",
        "simulation",
        _PEER,
        "                if not unknown:\n                    raise\n                unknown.retry",
        "                raise\n                unknown.retry",
    ),
    Mutant(
        "broken-answer-taken-for-nothing-done",
        "a connection that broke after the request is told as: nothing was done",
        "simulation",
        _PEER,
        '        return OutcomeUnknown(f"The {self.name} server broke off its answer.")',
        '        return Unavailable(f"The {self.name} server broke off its answer.")',
    ),
)
