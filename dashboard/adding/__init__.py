"""The page "Add a report": a document comes in and is reviewed."""
