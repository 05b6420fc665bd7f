#pragma once

// What nearly every file of the core includes: the lowest layer and the standard library. Files still include
// what they use: -DBITWRIGHT_PCH=OFF builds without this.
#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/base/result.h"
#include "core/base/run_context.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
