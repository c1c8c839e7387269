"""Makes the package of a plugin of its bundle.

In it are the shell in `src/plugin_shell` as it is, the bundle, and what is made of the description: names, stubs and a
README.
"""
