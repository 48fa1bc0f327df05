"""Music: pieces of sets of notes, from MIDI, ABC or JSON; each form a file."""
