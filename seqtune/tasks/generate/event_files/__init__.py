"""Files that written music and events go to: a form, a file."""
