"""An HTTP server over runs and bundles: requests in, predictions or text out."""
