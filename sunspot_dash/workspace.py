import os
def atomic_write(path, write):
    t = path.with_name(path.name + ".tmp"); write(t); os.replace(t, path)
