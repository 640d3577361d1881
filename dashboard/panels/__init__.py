"""What stands around the map: tolls, cards, tables, origins, method."""
