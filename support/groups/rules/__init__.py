"""Pure decisions about groups: when they meet, who may come, what a feed says."""
