#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bitwright {

/// What kind of failure happened; the command line maps these to exit codes.
enum class ErrorCode
{
    Io, ///< The operating system refused a read, write or rename.
    Format, ///< The bytes of an input are not what their format says.
    Unsupported, ///< Valid input that this program cannot handle.
    InvalidArgument, ///< The caller asked for something that makes no sense.
    OutOfRange, ///< An index or size lies outside what exists.
    Numeric, ///< NaN, Inf or a singular matrix where a number is needed.
    OutOfMemory, ///< The memory budget or the machine is exhausted.
    Infeasible, ///< The constraints contradict each other.
    Mismatch, ///< A check compared two things and they differ.
    Cancelled, ///< The user asked to stop.
    Internal, ///< A bug of ours.
};

/// Returns a short lower-case word for `code`, for logs and JSON.
[[nodiscard]] std::string_view errorCodeName(ErrorCode code);

/// One failure: what, where (file, tensor, byte), why, what to do. Context is filled in on the way up.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    std::string message; ///< What and why, one sentence, no trailing newline.
    std::string file; ///< Path of the input or output concerned; empty if none.
    std::string tensor; ///< Tensor, site or unit concerned; empty if none.
    std::optional<std::uint64_t> offset; ///< Byte offset in `file`.
    std::string remedy; ///< What the user can do; one sentence, may be empty.

    /// Formats everything as one line; control characters of untrusted names are escaped.
    [[nodiscard]] std::string oneLine() const;

    // Each setter keeps what a deeper layer already said: the innermost context is the most exact one.
    Error&& inFile(std::string_view path) &&;
    Error&& inTensor(std::string_view name) &&;
    Error&& atOffset(std::uint64_t byte) &&;
    Error&& withRemedy(std::string_view what) &&;
};

/// Escapes control, bidirectional and invalid UTF-8 bytes so that an untrusted name is safe to print.
[[nodiscard]] std::string escapedForDisplay(std::string_view text);

} // namespace bitwright
