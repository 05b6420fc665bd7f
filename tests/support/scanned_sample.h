#pragma once

#include "tests/support/run_cli.h"
#include "tests/support/sample.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <initializer_list>

namespace bitwright::test {

inline bool writeBytes(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

inline nlohmann::json readJson(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly)
        ? nlohmann::json::parse(file.readAll().toStdString(), nullptr, false)
        : nlohmann::json();
}

inline bool hasAll(const nlohmann::json& object, std::initializer_list<const char*> names)
{
    return object.is_object()
        && std::all_of(names.begin(), names.end(), [&](const char* name) { return object.contains(name); });
}

/// Bytes of all tensors of a safetensors file, from its size and its header's length alone.
inline qint64 dataBytes(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray head = file.read(8);
    quint64 header = 0;
    for (int i = 7; i >= 0; --i)
        header = header << 8U | static_cast<unsigned char>(head[i]);
    return file.size() - 8 - static_cast<qint64>(header);
}

/// The sample scanned into a project of a folder of its own, with plans and exports made once each.
class ScannedSample
{
protected:
    [[nodiscard]] QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    void scanSample()
    {
        QVERIFY2(QFile::exists(kCli), qPrintable(kCli));
        QVERIFY(m_folder.isValid());
        m_project = file("sample.bwp");
        m_scan = runCli({QStringLiteral("scan"), kSample, QStringLiteral("--activations"), kSampleDump,
            QStringLiteral("--project"), m_project, QStringLiteral("--json")});
        QVERIFY2(m_scan.code == 0, m_scan.describe());
    }

    /// A plan for `target` at 4.5 bpw.
    [[nodiscard]] QString planFor(const QString& target)
    {
        const QString path = m_folder.filePath(target + QStringLiteral(".json"));
        if (!QFile::exists(path)) {
            const Ran ran = runCli(
                {QStringLiteral("plan"), QStringLiteral("--project"), m_project, QStringLiteral("--target"),
                    target, QStringLiteral("--bpw"), QStringLiteral("4.5"), QStringLiteral("-o"), path});
            if (ran.code != 0)
                qWarning("%s", ran.describe().constData());
        }
        return path;
    }

    /// An export of that plan.
    [[nodiscard]] QString exportOf(const QString& target)
    {
        const QString path = m_folder.filePath(target + QStringLiteral("-export"));
        if (!QFile::exists(path)) {
            const Ran ran = runCli({QStringLiteral("quantize"), kSample, QStringLiteral("--plan"),
                planFor(target), QStringLiteral("--out"), path});
            if (ran.code != 0)
                qWarning("%s", ran.describe().constData());
        }
        return path;
    }

    QTemporaryDir m_folder;
    QString m_project;
    Ran m_scan;
};

} // namespace bitwright::test
