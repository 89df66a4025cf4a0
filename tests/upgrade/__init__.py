"""An installation of an older version, kept as a file, and whether today's code brings all of it up to date."""
