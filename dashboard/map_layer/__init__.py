"""The map: drawn once by folium for the page, and as SVG and PNG to take away."""
