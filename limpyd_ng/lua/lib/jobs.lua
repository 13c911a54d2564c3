-- The jobs of an audit (see audit.lua): a list of words on the wire, of which the last job comes first.
-- Needs lib/fields.lua.

local SIZE = {c = 2, v = 4, t = 8, s = 3, e = 3, x = 9, w = 6}
local jobs = {}

local function take_job()
  local kind = take()
  local job = {kind}
  if not SIZE[kind] then
    job[2], job[3] = take_list(), 1
  else
    for i = 2, SIZE[kind] do job[i] = take() end
  end
  return job
end

local function put_job(job, left)
  left[#left + 1] = job[1]
  if SIZE[job[1]] then
    for i = 2, SIZE[job[1]] do left[#left + 1] = job[i] end
  else
    left[#left + 1] = #job[2] - job[3] + 1
    for i = job[3], #job[2] do left[#left + 1] = job[2][i] end
  end
end

local function push(job)
  jobs[#jobs + 1] = job
end

-- The words of all jobs that are left.
local function jobs_left()
  local left = {}
  for _, job in ipairs(jobs) do put_job(job, left) end
  return left
end
