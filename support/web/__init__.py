"""Flask and Socket.IO: the doors, and who may pass them. Knows no area."""
