"""The few texts that random rules and carts share, so that they meet."""

SKUS = ["A", "B", "C", "D", "E"]
CATEGORIES = ["tea", "mugs", "toys"]
BRANDS = ["acme", "zeta"]
TAGS = ["new", "sale"]
GROUPS = ["gold", "staff"]
METHODS = ["standard", "express"]
CHANNELS = ["web", "shop"]
CODES = ["ONE", "TWO", "POOLED"]
PROMOTION_IDS = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"]
