"""Where agents are deployed to, behind one small protocol."""
