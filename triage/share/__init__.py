"""What may be shown and what may leave: the rooms between the tables and everybody else."""
