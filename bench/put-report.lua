-- wrk: each request puts a report of LEN bytes under an id of its own.
local length = tonumber(os.getenv("LEN"))
local fill = os.getenv("FILL") or "\0"
local token = os.getenv("TOKEN")
local body = string.rep(fill, length)
local threads = 0

function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end

function init(args)
	local seed = io.open("/dev/urandom", "rb"):read(8)
	run = ""
	for i = 1, 8 do run = run .. string.format("%02x", seed:byte(i)) end
	sent = 0
end

function request()
	sent = sent + 1
	local id = run .. string.format("%04x%012x", number, sent)
	return wrk.format("PUT", "/v1/sessions/room/reports/" .. id, {["Content-Type"] = "application/octet-stream"}, body)
end

function done(summary, latency)
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, summary.errors.status
		+ summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
		latency:percentile(50), latency:percentile(99)))
end
