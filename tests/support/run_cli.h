#pragma once

#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <nlohmann/json.hpp>

namespace bitwright::test {

inline const QString kCli = QStringLiteral(BITWRIGHT_BINARY_DIR "/bin/bitwright-cli");

/// What a run of a program left behind.
struct Ran
{
    int code = -1; ///< -1 when it did not end by itself.
    QByteArray out, err;

    [[nodiscard]] int errorLines() const { return static_cast<int>(err.count('\n')); }
    /// The one document on stdout; discarded when it is not exactly one.
    [[nodiscard]] nlohmann::json document() const
    {
        return nlohmann::json::parse(out.toStdString(), nullptr, false);
    }
    [[nodiscard]] QByteArray describe() const
    {
        return "exit " + QByteArray::number(code) + "\n" + out.left(2000) + "\n" + err.left(2000);
    }
};

inline Ran runProgram(const QString& program, const QStringList& words)
{
    QProcess process;
    // Without one, Qt says on a line of its own which folder it takes instead.
    const QTemporaryDir runtime;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (environment.value(QStringLiteral("XDG_RUNTIME_DIR")).isEmpty())
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), runtime.path());
    process.setProcessEnvironment(environment);
    process.start(program, words);
    Ran ran;
    if (!process.waitForFinished(120000) || process.exitStatus() != QProcess::NormalExit)
        return ran;
    ran.code = process.exitCode();
    ran.out = process.readAllStandardOutput();
    ran.err = process.readAllStandardError();
    return ran;
}

inline Ran runCli(const QStringList& words)
{
    return runProgram(kCli, words);
}

} // namespace bitwright::test
