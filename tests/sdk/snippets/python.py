import json, os, sys, urllib.parse
import extism

with open("dist/extism.json") as file:
    manifest = json.load(file)
manifest["wasm"][0]["path"] = "dist/justclick.wasm"
manifest["config"] = {key: os.environ[f"JUSTCLICK_{key.upper()}"] for key in ("login", "api_key", "base_url")}
manifest["allowed_hosts"] = [urllib.parse.urlsplit(manifest["config"]["base_url"]).hostname]
order = {"bill_id": "100000", "status": "sent", "date": 1362254400, "rpo": "10000000000000"}
plugin = extism.Plugin(manifest)
try:
    print(plugin.call("update_order_status", json.dumps(order)).decode())
except extism.Error as error:
    text = str(error)
    sys.exit(json.loads(text)["message"] if text.startswith("{") else "No answer: the order may or may not be changed.")
