"""Where prepared media are put so that Threads can fetch them: the seam, and one module for each thing that fits it."""
