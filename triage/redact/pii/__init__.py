"""People: their numbers, names, accounts and machines, by form, checksum or field."""
