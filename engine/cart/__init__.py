"""What checkout and store send in, checked carts and facts out, or an error that says where."""
