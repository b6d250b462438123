"""What leaves a site for translators without its tools, and how it comes back."""
