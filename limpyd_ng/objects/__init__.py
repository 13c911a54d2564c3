"""What a model class and its objects can do, a file for each purpose; ``model`` joins them."""
