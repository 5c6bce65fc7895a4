"""From events to incidents: what groups, how often, since when."""
