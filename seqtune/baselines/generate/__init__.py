"""Simple language models, one method per file.

Each module has `fit`, which returns a `LanguageModel` (`_contract.py`). It may have
`work(tokens)`: how the time of fitting and scoring so many tokens grows, in any unit; without it,
the time is taken to grow with their number.
"""
