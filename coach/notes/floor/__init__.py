"""What a floor is told of its calls: the messages, what makes them, and what they come to."""
