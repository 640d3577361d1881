"""The page "Datasets": a file comes in, is imported, watched, listed, removed."""
