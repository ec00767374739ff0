"""First words for a responder who has none at three in the morning; they promise nothing."""

FIRST_REPLIES = (
    "I am here and I am reading. You do not have to write much.",
    "Are you safe right now? You can answer with yes, no, or not sure.",
    "If you may act on it, please call the emergency number first. I stay here while you call.",
    "Did you stop all at once, or run out? Then please get medical help today. I mean it kindly.",
    "Is there somebody near you whom you could ask to sit with you?",
    "I cannot see where you are and cannot send help. Can you call, or can somebody near you?",
)
