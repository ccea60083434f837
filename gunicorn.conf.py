"""Settings of gunicorn, which reads this file when it starts in this folder; options on its command line win."""

wsgi_app = "app:server"
bind = "127.0.0.1:8050"
worker_class = "sunspot_dash.web.gunicorn_worker.WaitressWorker"  # a slow client blocks nobody else
forwarded_allow_ips = ""  # SUNSPOT_TRUSTED_PROXIES says whose headers count, whichever server runs the app
