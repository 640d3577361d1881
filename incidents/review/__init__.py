"""A report on its way in: its claims in draft, corrected and accepted by a person."""
