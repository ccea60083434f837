"""Settings of gunicorn, which reads this file when it starts in this folder; options on its command line win."""

wsgi_app = "app:server"
bind = "127.0.0.1:8050"
worker_class = "gthread"  # threads: an upload or a long export must not block the pages
threads = 12
keepalive = 75  # seconds; browsers reuse a connection for the callbacks of a page
forwarded_allow_ips = ""  # SUNSPOT_TRUSTED_PROXIES says whose headers count, whichever server runs the app
