"""The command `incident-map`: one module for each group of commands."""
