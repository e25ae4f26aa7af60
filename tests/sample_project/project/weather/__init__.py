"""The weather desk: stations, their readings, and what went wrong in words for the screen."""
