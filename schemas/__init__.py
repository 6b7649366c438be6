"""The words between services: message classes, topics, and the documents generated from them."""
