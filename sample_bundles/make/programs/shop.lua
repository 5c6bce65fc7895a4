-- A shop in Lua: a field of nil.
local rates = { EUR = { value = 1 } }

local function rate(code)
  return rates[code].value
end

local function pay(codes)
  local sum = 0
  for _, code in ipairs(codes) do
    sum = sum + rate(code)
  end
  return sum
end

print(pay({ "EUR", "XTS" }))
