"""An installation of a team's own, and people who work with it over HTTP: for campaigns of load and of faults."""
