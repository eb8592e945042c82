"""What `python main.py COMMAND` does besides training: each command is a module with run()."""
