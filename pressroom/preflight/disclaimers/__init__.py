"""Required disclaimers: where each stands, and whether a patient can read it there."""
