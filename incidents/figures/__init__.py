"""Figures that disagree: ranges under named rules, parts and totals, tolls, arithmetic."""
