"""Regions: boundaries and places to look at, also a user's own, read without trust."""
