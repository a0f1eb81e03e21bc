"""What was sold, in plain lines."""

from shared.domain import BadRequest
from shared.report import Report
from tui import text
from tui.plain_lines import DONE
from tui.shop import Shop
from tui.zone import local_zone


def show(shop: Shop) -> int:
    """Print the sums, the hours and days, the best sellers and what runs low; raises ShopError.

    Returns the exit status.
    """
    report = _report(shop)
    totals = report.totals
    print(f"all\t\t{totals.sales}\t{totals.copies}\t{totals.takings}")
    for name, periods in (("hour", report.per_hour), ("day", report.per_day)):
        for sold in periods:
            print(f"{name}\t{sold.at}\t{sold.sales}\t{sold.copies}\t{sold.takings}")
    for best in report.best_sellers:
        title = text.one_line(best.title)
        print(f"best seller\t{best.book_id}\t{title}\t{best.copies}\t{best.takings}")
    for book in report.low_stock:
        print(f"low stock\t{book.id}\t{text.one_line(book.title)}\t{book.quantity}")
    return DONE


def _report(shop: Shop) -> Report:
    try:
        return shop.report(local_zone())
    except BadRequest:  # it has not heard of the zone
        return shop.report(None)
