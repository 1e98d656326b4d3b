"""Why a distribution is there, and why in so many copies: from a build's record to an answer."""
