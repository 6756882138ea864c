"""How well the risk engine tells owners from attackers, on streams made here."""
