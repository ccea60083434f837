import datetime as dt, re
def observation_time(name):
    m = re.match(r"usd(\d{12})", name)
    try: return dt.datetime.strptime(m[1], "%Y%m%d%H%M").replace(tzinfo=dt.timezone.utc) if m else None
    except ValueError: return None
