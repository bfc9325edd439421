"""What a run costs, counted, and how it compares with the least it could cost."""
