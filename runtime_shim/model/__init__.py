"""What environments there are and what each sees; touches nothing of the interpreter."""
