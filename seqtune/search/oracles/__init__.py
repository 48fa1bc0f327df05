"""What proposes configurations: Keras Tuner's oracles, quick, in memory, and one of our own."""
