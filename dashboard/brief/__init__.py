"""The brief: one page to take away that needs nothing else."""
