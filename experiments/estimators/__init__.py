"""scikit-learn's two perceptrons with our engine underneath. Needs scikit-learn: `pip install 'dnn-tui[sklearn]'`."""
