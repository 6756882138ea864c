"""The whole product at work: started as anybody starts it, used over HTTP and in a browser."""
