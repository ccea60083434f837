"""Solar activity: observations, groups, areas, sunspot numbers, tracks over days, time series."""
