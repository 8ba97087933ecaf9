"""What the rules would do on kept talk."""
