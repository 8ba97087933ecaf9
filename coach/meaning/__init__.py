"""What words mean: clauses, their vectors, and how rarely ordinary talk comes as close."""
