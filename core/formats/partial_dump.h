#pragma once

#include "core/formats/dump_file.h"
#include "core/io/byte_source.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::formats {

/// One file of an unfinished recording, by its content.
struct PartialFile
{
    std::string name; ///< A bare name of the folder.
    std::uint64_t bytes = 0;
    std::string hash; ///< XXH3-128, hexadecimal.
};

/// What a recording depends on: hashes, hexadecimal.
struct PartialKey
{
    std::string model, tokens, settings;
};

/// What an unfinished recording wrote down (manifest.json of its folder).
struct PartialManifest
{
    PartialKey key;
    std::uint64_t done = 0, parts = 0; ///< Parts that are written down, of all; done is at least 1.
    std::vector<PartialFile> pieces; ///< Dumps of what was recorded, in order.
    PartialFile state; ///< What the next part goes on from.
};
/// Whether a PartialDump may have given a file this name: eight digits, a dash and plain words.
[[nodiscard]] bool isPartialName(std::string_view name, std::string_view ending);
[[nodiscard]] std::string manifestText(const PartialManifest& manifest);
/// Checks everything, a hash over all fields included; names of files can only mean files that a PartialDump
/// wrote. Errors: Format.
[[nodiscard]] Result<PartialManifest> parseManifest(std::string_view text);

/// The folder "TARGET.partial", in which a recording writes down what it has done, part by part, until the
/// dump at TARGET is complete: pieces are dumps of the sites so far, the state is what the caller needs to go
/// on. A part counts once manifest.json names its files, which is renamed last and after all were synced:
/// whenever the program or the machine ends, the folder holds the part before or the new one, and nothing is
/// read that does not have the size and the hash of the manifest. Disk: all pieces (as large as the dump,
/// Grams unrounded), twice the state, and the dump itself, which grows here too.
class PartialDump
{
public:
    /// Takes the bytes of the state in order.
    using StateSink = std::function<Result<void>(std::span<const std::byte>)>;

    /// What is written down: `piece` fills a dump with what is new (empty: nothing is), `state` hands out the
    /// bytes to go on from.
    struct Content
    {
        std::function<Result<void>(DumpFile&)> piece;
        std::function<Result<void>(const StateSink&)> state;
    };

    /// Locks the folder until the object is gone. Errors: Io when another process holds it, or the system
    /// refuses.
    [[nodiscard]] static Result<PartialDump> open(
        const std::string& target, const PartialKey& key, std::uint64_t parts);
    PartialDump(PartialDump&&) noexcept;
    PartialDump& operator=(PartialDump&&) noexcept;
    ~PartialDump(); ///< Keeps what was written down; removes an empty folder.

    [[nodiscard]] const std::string& folder() const { return m_folder; }
    [[nodiscard]] std::uint64_t done() const { return m_manifest.done; } ///< 0 when it begins anew.
    [[nodiscard]] std::uint64_t parts() const { return m_manifest.parts; }
    [[nodiscard]] std::size_t pieces() const { return m_manifest.pieces.size(); }
    /// Why what lies in the folder is not gone on from; empty when nothing lies there or it is used.
    [[nodiscard]] const std::string& refusal() const { return m_refusal; }

    /// Errors: Format where the bytes are not those that were written; Io; Cancelled; those of openDump.
    [[nodiscard]] Result<std::shared_ptr<const model::ActivationDump>> openPiece(
        std::size_t piece, const RunContext& context) const;
    /// The same for the state.
    [[nodiscard]] Result<std::shared_ptr<const io::ByteSource>> openState(const RunContext& context) const;
    /// Begins anew; what lies there stays until the first part is written down.
    void startAnew(std::string refusal);

    /// Writes down that `done` parts are done. `facts` are those of the piece. Errors: Io, after which the
    /// part before still counts; Cancelled; those of `content`.
    [[nodiscard]] Result<void> save(
        std::uint64_t done, const DumpFacts& facts, const Content& content, const RunContext& context);
    /// Removes the folder, or what of it is ours.
    void discard();

private:
    PartialDump() = default;
    [[nodiscard]] Result<void> lock();
    [[nodiscard]] Result<void> readManifest(const PartialKey& key);
    [[nodiscard]] Result<std::shared_ptr<const io::ByteSource>> verified(
        const PartialFile& file, const RunContext& context) const;
    [[nodiscard]] Result<PartialFile> writePiece(
        const DumpFacts& facts, const Content& content, const RunContext& context) const;
    [[nodiscard]] Result<PartialFile> writeState(
        std::uint64_t done, const Content& content, const RunContext& context) const;
    [[nodiscard]] std::string nameOf(std::string_view rest) const;
    void sweep(bool temporaries) const;
    void close();

    std::string m_target, m_folder, m_refusal;
    int m_lock = -1;
    PartialManifest m_manifest;
};

} // namespace bitwright::formats
