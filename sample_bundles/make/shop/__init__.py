"""An invented web shop whose errors the Sentry and DebugBundle scripts record."""
