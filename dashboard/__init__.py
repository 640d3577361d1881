"""What people see: the page, the map, the panels, and the command line."""
