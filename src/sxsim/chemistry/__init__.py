"""Data sets, extraction systems (level, separation factors, ranges) and the regression of laboratory data."""
