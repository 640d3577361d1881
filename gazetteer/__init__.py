"""The gazetteer: places, their spellings, finding names in text, choosing what a name means."""
