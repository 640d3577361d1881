"""Coordinates, district polygons, the join of points onto them, areas and distances."""
