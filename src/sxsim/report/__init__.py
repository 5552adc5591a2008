"""Results for people: tables for the terminal, plots."""
