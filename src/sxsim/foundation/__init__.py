"""What every floor stands on: shipped files, atomic writes, dotted paths, suggestions, hashes."""
