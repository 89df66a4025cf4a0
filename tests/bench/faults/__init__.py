"""Faults injected into a running installation while people work, and the check that nothing came to harm."""
