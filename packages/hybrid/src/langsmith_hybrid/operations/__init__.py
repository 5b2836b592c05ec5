"""What an operator does around ``pulumi up``: plain functions, which the command line calls and anybody else may."""
