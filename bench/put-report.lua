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
	local errors = summary.errors
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, errors.status + errors.connect
		+ errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
	io.write(string.format("status %d connect %d read %d write %d timeout %d\n", errors.status, errors.connect,
		errors.read, errors.write, errors.timeout))
end
