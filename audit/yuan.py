"""How an amount is written for a person to read."""

from decimal import Decimal


def yuan(fen: int) -> str:
    """With thousands and two places, without its unit."""
    return f"{Decimal(fen).scaleb(-2):,.2f}"
