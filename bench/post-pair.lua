-- wrk: each request posts the file BODY, two frames in turns, and reads their difference.
local file = io.open(os.getenv("BODY"), "rb")
local body = file:read("*a")
file:close()

function request()
	return wrk.format("POST", "/v1/differences", {["Content-Type"] = "application/octet-stream"}, body)
end

function done(summary, latency)
	local errors = summary.errors
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, errors.status + errors.connect
		+ errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
