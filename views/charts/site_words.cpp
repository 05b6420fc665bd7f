#include "views/charts/site_words.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace bitwright::views {

QString siteWords(const QString& label)
{
    static const QRegularExpression numbered(QStringLiteral("^(\\d+)(?: (.+))?$"));
    const auto match = numbered.match(label);
    if (!match.hasMatch())
        return label;
    return match.captured(2).isEmpty()
        ? QCoreApplication::translate("SiteWords", "block %1").arg(match.captured(1))
        : QCoreApplication::translate("SiteWords", "block %1, %2").arg(match.captured(1), match.captured(2));
}

} // namespace bitwright::views
