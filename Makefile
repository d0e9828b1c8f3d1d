# Everything here also runs without make, on any system: see set_up.py.
PYTHON ?= python3.11

.PHONY: help demo test clean

help:
	@echo "make demo    lift the bundled clip: out/demo.blend, out/demo.npz, out/demo.png"
	@echo "make test    lint and tests"
	@echo "make clean   remove what was made, .venv included"
	@echo "Each makes the environment it needs; PYTHON=... names another Python 3.11."

demo test clean:
	@$(PYTHON) set_up.py $@
