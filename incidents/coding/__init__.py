"""Documents coded by hand: TOML in, sources, claims and incidents out; and their proof."""
