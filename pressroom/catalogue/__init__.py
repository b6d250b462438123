"""gettext catalogues and CLDR's facts on locales; the home of Babel."""
