"""What becomes of one thing of a copy: what is wanted of it, the file it is made from, the steps, and a look back."""
