"""What is printed once and not on a screen: headless training, reports, data sets, figures."""
