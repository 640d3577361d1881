"""The subject: sources make claims, claims point to incidents, figures disagree.

Nothing here knows the screen. Geometry comes from `geo`, places from `gazetteer`.
"""

from importlib.metadata import version

__version__ = version("incident-map")
