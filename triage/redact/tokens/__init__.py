"""Secrets that their own form gives away: gitleaks' rules, ours, and sums that keys carry in themselves."""
