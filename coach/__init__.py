"""Coach: local, real-time coaching for phone agents in difficult calls."""
