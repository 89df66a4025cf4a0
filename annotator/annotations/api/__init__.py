"""HTTP of the annotations."""
