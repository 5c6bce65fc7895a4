"""From frames to what is the same: names, roles, keys."""
