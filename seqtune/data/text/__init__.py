"""Texts as tokens: the tokenizer, its vocabulary and word vectors."""
