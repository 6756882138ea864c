"""The miniOrange dialect: its addresses, words and oddities stay in this folder."""
