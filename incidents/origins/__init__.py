"""Which sources go back to one text: the evidence, the families, reviewers' decisions."""
