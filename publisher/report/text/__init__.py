"""For people: calm, aligned, the most important last; marks are words, colour only helps."""
