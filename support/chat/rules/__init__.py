"""Pure decisions about rooms: who may do what, and how a meeting moves."""
