"""The subject: sources make claims, claims point to incidents, figures disagree.

Nothing here knows the screen. Geometry comes from `geo`, places from `gazetteer`.
"""
