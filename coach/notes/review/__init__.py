"""A past call as a reviewer sees it: plain values, and how one finds one's way in them."""
