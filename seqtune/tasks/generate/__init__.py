"""Generation: character, sub-word and word language models over recurrent networks."""
