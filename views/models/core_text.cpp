#include "views/models/core_text.h"

#include "views/models/core_messages.h"
#include "views/models/number_text.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>

#include <vector>

namespace bitwright::views {

namespace {

struct Message
{
    const char* english;
    QRegularExpression pattern;
};

/// Every message as an expression that finds it at the beginning of a text, up to the end of a sentence.
const std::vector<Message>& messages()
{
    static const std::vector<Message> kMessages = [] {
        static const QRegularExpression kPlace(QStringLiteral("%[1-9]"));
        std::vector<Message> list;
        for (const char* english : kCoreMessages) {
            QStringList parts = QString::fromUtf8(english).split(kPlace);
            for (QString& part : parts)
                part = QRegularExpression::escape(part);
            const QString pattern
                = QStringLiteral("\\A%1(?:\\s+|\\z)").arg(parts.join(QStringLiteral("(.+?)")));
            list.push_back({english, QRegularExpression(pattern)});
        }
        return list;
    }();
    return kMessages;
}

/// Numbers of a message follow the locale, names and words of it are messages again or stay.
QString filledIn(const QString& value, int depth);

QString translated(const QString& text, int depth)
{
    constexpr int kDepth = 3; // a message in a message; texts from files cannot make it deeper
    if (depth > kDepth)
        return text;
    for (const Message& message : messages()) {
        const auto match = message.pattern.match(text);
        if (!match.hasMatch())
            continue;
        QString out = QCoreApplication::translate("CoreText", message.english);
        // From the last on, so that "%1" in a name is not taken for a place.
        QStringList values;
        for (int i = 1; i <= match.lastCapturedIndex(); ++i)
            values << filledIn(match.captured(i), depth + 1);
        QString filled;
        for (qsizetype i = 0; i < out.size(); ++i) {
            const int place = out[i] == u'%' && i + 1 < out.size() ? out[i + 1].digitValue() : -1;
            if (place >= 1 && place <= values.size()) {
                filled += values[place - 1];
                ++i;
            } else {
                filled += out[i];
            }
        }
        const QString rest = text.mid(match.capturedEnd());
        return rest.isEmpty() ? filled : filled + u' ' + translated(rest, depth);
    }
    return text;
}

QString filledIn(const QString& value, int depth)
{
    bool whole = false, real = false;
    const auto count = value.toLongLong(&whole);
    if (whole)
        return formatCount(count);
    const double number = value.toDouble(&real); // of the C locale, as the core writes
    static const QRegularExpression kPlain(QStringLiteral("\\A-?[0-9]+\\.[0-9]+\\z"));
    if (real && kPlain.match(value).hasMatch())
        return fixedText(number, static_cast<int>(value.size() - value.indexOf(u'.') - 1));
    return value.contains(u' ') ? translated(value, depth) : value;
}

} // namespace

QString coreText(std::string_view text)
{
    if (text.empty())
        return {};
    // The same few fallbacks and reasons come back for thousands of units, at every edit.
    constexpr qsizetype kKept = 1000;
    thread_local QHash<QByteArray, QString> kept;
    const auto found
        = kept.constFind(QByteArray::fromRawData(text.data(), static_cast<qsizetype>(text.size())));
    if (found != kept.constEnd())
        return *found;
    const QString translatedText = translated(QString::fromStdString(escapedForDisplay(text)), 0);
    if (kept.size() >= kKept)
        kept.clear();
    kept.insert(QByteArray(text.data(), static_cast<qsizetype>(text.size())), translatedText);
    return translatedText;
}

QString errorText(const Error& error)
{
    QStringList parts;
    const auto escaped
        = [](const std::string& text) { return QString::fromStdString(escapedForDisplay(text)); };
    if (!error.file.empty())
        parts << escaped(error.file) + u':';
    if (!error.tensor.empty())
        parts << QStringLiteral("\"%1\":").arg(escaped(error.tensor));
    if (error.offset)
        parts << QCoreApplication::translate("CoreText", "byte %1:")
                     .arg(formatCount(static_cast<std::int64_t>(*error.offset)));
    parts << coreText(error.message);
    if (!error.remedy.empty())
        parts << coreText(error.remedy);
    return parts.join(u' ');
}

QString provenanceText(const score::Provenance& provenance)
{
    if (provenance.origin != "computed")
        return coreText(provenance.label);
    const QString name = QString::fromStdString(escapedForDisplay(provenance.score));
    return provenance.tokens == 0
        ? QCoreApplication::translate("CoreText", "predicted by %1, not measured").arg(name)
        : QCoreApplication::translate("CoreText", "predicted by %1 on %2 tokens, not measured")
              .arg(name, formatCount(static_cast<std::int64_t>(provenance.tokens)));
}

QStringList knownCoreMessages()
{
    QStringList list;
    for (const char* english : kCoreMessages)
        list << QString::fromUtf8(english);
    return list;
}

} // namespace bitwright::views
