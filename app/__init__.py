"""The edge: settings become objects in `app.bootstrap`; the command line, REST and the chat page use them."""
