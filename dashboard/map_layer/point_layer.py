"""The circles of exact places as the map draws them, and what its legend says of them."""

from __future__ import annotations

from dashboard.map_layer.district_map import PointLayer
from dashboard.wording import count
from incidents.points import Points


def point_layer(points: Points) -> PointLayer:
    """Return circles as numbers and the legend's words.

    Examples
    --------
    >>> from incidents.points import Circle
    >>> layer = point_layer(Points((Circle(67.0, 30.19, 4, 1, 1),), 2, is_binned=False))
    >>> layer["circles"], layer["title"], layer["note"]
    ([67.0, 30.19, 4, 1], 'Incidents at a place', '2 incidents without an exact place are not drawn')
    """
    is_near = any(circle.where_prec > 1 for circle in points.circles)
    return PointLayer(
        circles=[
            number
            for c in points.circles
            for number in (c.longitude, c.latitude, c.incidents, c.where_prec)
        ],
        title="Incidents, neighbouring places together"
        if points.is_binned
        else "Incidents at a place",
        near="some only near" if is_near else "",
        note=_note(points.not_drawn),
    )


def _note(not_drawn: int) -> str:
    if not not_drawn:
        return ""
    are = "is" if not_drawn == 1 else "are"
    return f"{count(not_drawn, 'incident')} without an exact place {are} not drawn"
