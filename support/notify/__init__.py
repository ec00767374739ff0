"""Reaching people: an outbox that loses nothing, notices in the page, mail, a webhook."""
