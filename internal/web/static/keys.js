// Keys that save an accountant's hands. Every page works without this file.
