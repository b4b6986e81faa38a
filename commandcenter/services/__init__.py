"""Commands and their handlers, one module a feature, and the doors through which the desk reads."""
