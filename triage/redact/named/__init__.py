"""Values under a name that says what they are: names, what joins them, where a value ends, what it must be."""
