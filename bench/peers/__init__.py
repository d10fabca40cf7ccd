"""Other engines in, how long they need to say which promotions match out."""
