#include "core/io/atomic_output.h"
#include "core/io/byte_source.h"
#include "core/io/hash.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <csignal>
#include <filesystem>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace bitwright;
using test::readFile;
using test::TempFolder;
using test::writeFile;

namespace {

std::string read(const io::ByteSource& source, std::uint64_t offset, std::size_t length)
{
    std::string out(length, '?');
    const auto done = source.readAt(offset, std::as_writable_bytes(std::span<char>(out)));
    return done ? out : "error: " + done.error().message;
}

std::size_t entriesIn(const std::string& folder)
{
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder))
        ++count;
    return count;
}

} // namespace

class TestIo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhereAsked();
    void refusesToReadPastTheEnd();
    void refusesWhatIsNoRegularFile();
    void saysWhenTheFileShrank();
    void saysWhenTheFileWasRewritten();
    void readsFromSeveralThreads();
    void companionsAreBareRegularFiles();
    void hashesAreStable();
    void fileAppearsOnlyOnCommit();
    void fileKeepsPermissionsAndLinks();
    void fileTooLargeLeavesThePreviousOne();
    void fullDiskLeavesThePreviousOne();
    void folderAppearsOnlyOnCommit();
    void folderResumesOrStartsAnew();
    void folderReplacesOnlyWhenTold();
    void folderBelongsToOneWriter();
    void freeSpaceOfAPlaceThatDoesNotExistYet();
};

void TestIo::readsWhereAsked()
{
    const TempFolder folder;
    QVERIFY(writeFile(folder.file("a"), "0123456789"));
    const auto source = io::openFile(folder.file("a"));
    QVERIFY(source);
    QCOMPARE((*source)->size(), 10U);
    QCOMPARE(read(**source, 3, 4), std::string("3456"));
    QCOMPARE(read(**source, 10, 0), std::string());
    QCOMPARE(read(*io::memorySource("m", "abc"), 1, 2), std::string("bc"));
}

void TestIo::refusesToReadPastTheEnd()
{
    const TempFolder folder;
    QVERIFY(writeFile(folder.file("a"), "0123456789"));
    const auto file = io::openFile(folder.file("a"));
    QVERIFY(file);
    for (const auto& source : {*file, io::memorySource("m", "0123456789")}) {
        std::array<std::byte, 4> out{};
        for (const std::uint64_t offset : {std::uint64_t{7}, std::uint64_t{11}, UINT64_MAX, UINT64_MAX - 1}) {
            const auto done = source->readAt(offset, out);
            QVERIFY(!done);
            QCOMPARE(done.error().code, ErrorCode::OutOfRange);
            QCOMPARE(done.error().offset, std::optional(offset));
        }
    }
}

void TestIo::refusesWhatIsNoRegularFile()
{
    const TempFolder folder;
    QCOMPARE(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
    for (const std::string& path : {folder.file("fifo"), folder.path(), std::string("/dev/null")}) {
        const auto source = io::openFile(path); // must not block on the FIFO
        QVERIFY(!source);
        QCOMPARE(source.error().code, ErrorCode::Unsupported);
        QCOMPARE(source.error().message, std::string("Not a regular file."));
        QCOMPARE(source.error().file, path);
    }
    const auto missing = io::openFile(folder.file("missing"));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::Io);
    QVERIFY(missing.error().message.find("No such file") != std::string::npos);
}

void TestIo::saysWhenTheFileShrank()
{
    const TempFolder folder;
    QVERIFY(writeFile(folder.file("a"), std::string(1000, 'x')));
    const auto source = io::openFile(folder.file("a"));
    QVERIFY(source);
    QCOMPARE(::truncate(folder.file("a").c_str(), 500), 0);
    std::array<std::byte, 100> out{};
    for (const std::uint64_t offset :
        {0U, 450U, 800U}) { // what is still there is refused as well: it may be of another version
        const auto done = (*source)->readAt(offset, out);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Format);
        QCOMPARE(done.error().message, std::string("File changed while reading."));
        QVERIFY(!done.error().remedy.empty());
    }
}

void TestIo::saysWhenTheFileWasRewritten()
{
    const TempFolder folder;
    QVERIFY(writeFile(folder.file("a"), std::string(100, 'x')));
    const auto source = io::openFile(folder.file("a"));
    QVERIFY(source);
    QCOMPARE(read(**source, 0, 3), std::string("xxx"));
    const std::filesystem::path path(folder.file("a"));
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds(1));
    QCOMPARE(read(**source, 0, 3), std::string("error: File changed while reading."));
}

void TestIo::readsFromSeveralThreads()
{
    const TempFolder folder;
    std::string text(1 << 20, '\0');
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(i * 31 % 251);
    QVERIFY(writeFile(folder.file("a"), text));
    const auto source = io::openFile(folder.file("a"));
    QVERIFY(source);
    std::atomic<int> wrong{0};
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t i = t; i < 200; i += 4) {
                const std::size_t offset = i * 5000;
                if (read(**source, offset, 4321) != text.substr(offset, 4321))
                    ++wrong;
            }
        });
    }
    threads.clear();
    QCOMPARE(wrong.load(), 0);
}

void TestIo::companionsAreBareRegularFiles()
{
    const TempFolder folder;
    QVERIFY(writeFile(folder.file("good"), "data"));
    std::filesystem::create_directory(folder.file("sub"));
    QVERIFY(writeFile(folder.file("sub/inner"), "data"));
    std::filesystem::create_symlink(folder.file("good"), folder.file("link"));
    const auto good = io::openCompanion(folder.path(), "good");
    QVERIFY(good);
    QCOMPARE(read(**good, 0, 4), std::string("data"));
    for (const std::string& name : {std::string("../good"), std::string("sub/inner"), std::string(".."),
             std::string("."), std::string(), std::string("/etc/passwd"), std::string("a\\b"),
             std::string("good\0x", 6), std::string(256, 'a')}) {
        const auto refused = io::openCompanion(folder.path(), name);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Format);
        QVERIFY(refused.error().message.find("must be a plain file name") != std::string::npos);
    }
    const auto link = io::openCompanion(folder.path(), "link");
    QVERIFY(!link);
    QCOMPARE(link.error().code, ErrorCode::Unsupported);
    QVERIFY(link.error().message.find("symbolic link") != std::string::npos);
    const auto sub = io::openCompanion(folder.path(), "sub");
    QVERIFY(!sub);
    QCOMPARE(sub.error().code, ErrorCode::Unsupported);
    const auto missing = io::openCompanion(folder.path(), "missing");
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::Io);
}

void TestIo::hashesAreStable()
{
    QCOMPARE(io::Hasher().hex(), std::string("99aa06d3014798d86001c324468d497f")); // XXH3-128 of nothing
    io::Hasher whole;
    whole.add(std::as_bytes(std::span("abcdef", 6)));
    io::Hasher pieces;
    pieces.add(std::as_bytes(std::span("abc", 3)));
    pieces.add(std::as_bytes(std::span("def", 3)));
    QCOMPARE(whole.hex(), pieces.hex());
    io::Hasher first;
    first.add("ab");
    first.add("c");
    io::Hasher second;
    second.add("a");
    second.add("bc");
    QVERIFY(first.hex() != second.hex());
}

void TestIo::fileAppearsOnlyOnCommit()
{
    const TempFolder folder;
    const std::string target = folder.file("a.json");
    {
        auto file = io::AtomicFile::create(target);
        QVERIFY(file);
        QVERIFY(file->write("half"));
        QVERIFY(!std::filesystem::exists(target));
        QVERIFY(std::filesystem::exists(file->temporaryPath()));
    }
    QCOMPARE(entriesIn(folder.path()), 0U);
    QVERIFY(io::writeFileAtomically(target, "old"));
    {
        auto file = io::AtomicFile::create(target);
        QVERIFY(file);
        QVERIFY(file->write("0123456789"));
        const std::string patch = "ab";
        QVERIFY(file->writeAt(4, std::as_bytes(std::span<const char>(patch))));
        QCOMPARE(readFile(target), std::string("old"));
        io::AtomicFile moved = std::move(*file);
        QVERIFY(moved.commit());
        QVERIFY(!moved.write("more"));
    }
    QCOMPARE(readFile(target), std::string("0123ab6789"));
    QCOMPARE(entriesIn(folder.path()), 1U);
    QVERIFY(!io::AtomicFile::create(folder.path()));
    QVERIFY(!io::AtomicFile::create(folder.file("missing/a")));
}

void TestIo::fileKeepsPermissionsAndLinks()
{
    const TempFolder folder;
    QVERIFY(writeFile(folder.file("real"), "old"));
    QCOMPARE(::chmod(folder.file("real").c_str(), 0640), 0);
    std::filesystem::create_symlink("real", folder.file("link"));
    QVERIFY(io::writeFileAtomically(folder.file("link"), "new"));
    QVERIFY(std::filesystem::is_symlink(folder.file("link")));
    QCOMPARE(readFile(folder.file("real")), std::string("new"));
    struct stat facts = {};
    QCOMPARE(::stat(folder.file("real").c_str(), &facts), 0);
    QCOMPARE(facts.st_mode & 07777U, 0640U);
}

void TestIo::fileTooLargeLeavesThePreviousOne()
{
    const TempFolder folder;
    const std::string target = folder.file("a");
    QVERIFY(writeFile(target, "old"));
    rlimit previous = {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &previous), 0);
    rlimit small = previous;
    small.rlim_cur = 10'000;
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto saved = io::writeFileAtomically(target, std::string(20'000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &previous);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Io);
    QVERIFY(saved.error().message.find("previous file intact") != std::string::npos);
    QCOMPARE(saved.error().file, target);
    QCOMPARE(readFile(target), std::string("old"));
    QCOMPARE(entriesIn(folder.path()), 1U);
}

void TestIo::fullDiskLeavesThePreviousOne()
{
    const TempFolder folder;
    const std::string disk = folder.file("disk");
    std::filesystem::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
        QSKIP("Mounting a small disk needs the right to mount.");
    const std::string target = disk + "/a";
    const bool prepared = writeFile(target, "old");
    const auto saved = io::writeFileAtomically(target, std::string(200'000, 'x'));
    const std::string after = readFile(target);
    const std::size_t entries = entriesIn(disk);
    ::umount(disk.c_str());
    QVERIFY(prepared);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Io);
    QCOMPARE(saved.error().message, std::string("Not saved: disk full; previous file intact."));
    QCOMPARE(after, std::string("old"));
    QCOMPARE(entries, 1U);
}

void TestIo::folderAppearsOnlyOnCommit()
{
    const TempFolder folder;
    const std::string target = folder.file("model");
    auto output = io::AtomicFolder::create(target + "/", false);
    QVERIFY(output);
    QVERIFY(writeFile(output->path() + "/a", "data"));
    QVERIFY(!std::filesystem::exists(target));
    QVERIFY(output->commit(false));
    QCOMPARE(readFile(target + "/a"), std::string("data"));
    QCOMPARE(entriesIn(folder.path()), 1U);
    QVERIFY(!output->commit(false));
    for (const char* bad : {"", "/", ".", ".."})
        QVERIFY(!io::AtomicFolder::create(bad, false));
}

void TestIo::folderResumesOrStartsAnew()
{
    const TempFolder folder;
    const std::string target = folder.file("model");
    std::string partial;
    {
        auto output = io::AtomicFolder::create(target, false);
        QVERIFY(output);
        partial = output->path();
        QVERIFY(writeFile(partial + "/a", "data"));
    }
    QCOMPARE(readFile(partial + "/a"), std::string("data"));
    {
        auto output = io::AtomicFolder::create(target, true);
        QVERIFY(output);
        QCOMPARE(output->path(), partial);
        QCOMPARE(readFile(partial + "/a"), std::string("data"));
    }
    {
        auto output = io::AtomicFolder::create(target, false);
        QVERIFY(output);
        QCOMPARE(entriesIn(partial), 0U);
        output->discard();
    }
    QCOMPARE(entriesIn(folder.path()), 0U);
}

void TestIo::folderReplacesOnlyWhenTold()
{
    const TempFolder folder;
    const std::string target = folder.file("model");
    std::filesystem::create_directory(target);
    QVERIFY(writeFile(target + "/old", "old"));
    auto output = io::AtomicFolder::create(target, false);
    QVERIFY(output);
    QVERIFY(writeFile(output->path() + "/new", "new"));
    const auto refused = output->commit(false);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
    QCOMPARE(readFile(target + "/old"), std::string("old"));
    QVERIFY(output->commit(true));
    QCOMPARE(readFile(target + "/new"), std::string("new"));
    QVERIFY(!std::filesystem::exists(target + "/old"));
    QCOMPARE(entriesIn(folder.path()), 1U);

    QVERIFY(writeFile(folder.file("file"), "kept"));
    auto onFile = io::AtomicFolder::create(folder.file("file"), false);
    QVERIFY(onFile);
    QVERIFY(!onFile->commit(true));
    QCOMPARE(readFile(folder.file("file")), std::string("kept"));
}

void TestIo::folderBelongsToOneWriter()
{
    const TempFolder folder;
    auto first = io::AtomicFolder::create(folder.file("model"), false);
    QVERIFY(first);
    QVERIFY(writeFile(first->path() + "/a", "data"));
    const auto second = io::AtomicFolder::create(folder.file("model"), false);
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::Io);
    QCOMPARE(readFile(first->path() + "/a"), std::string("data"));
}

void TestIo::freeSpaceOfAPlaceThatDoesNotExistYet()
{
    const TempFolder folder;
    const auto here = io::freeBytes(folder.path());
    const auto later = io::freeBytes(folder.file("a/b/c"));
    QVERIFY(here && later);
    QVERIFY(*here > 0 && *later > 0);
}

QTEST_GUILESS_MAIN(TestIo)
#include "tst_io.moc"
