"""The order server: what was bought, and the order-first route of a purchase."""
