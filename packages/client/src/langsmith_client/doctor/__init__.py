"""What could keep a deploy from working, found out before one is tried. Nothing is changed anywhere."""
