"""Settings of gunicorn, which reads this file when it is started in this folder: `gunicorn app:server`."""

worker_class = "sunspot_dash.web.gunicorn_worker.WaitressWorker"  # a slow client blocks nobody else
