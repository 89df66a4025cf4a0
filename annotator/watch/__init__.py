"""What an installation does, for who runs it: metrics, errors reported elsewhere, and the facts of the Server page."""
