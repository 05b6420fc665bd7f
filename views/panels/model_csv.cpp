#include "views/panels/model_csv.h"

#include "views/charts/chart_math.h"

#include <QAbstractItemModel>

#include <cmath>

namespace bitwright::views {

namespace {

QString field(const QModelIndex& index, int sortRole, bool fullName)
{
    if (fullName)
        return csvText(index.data(Qt::ToolTipRole)
                           .toString()
                           .section(QStringLiteral("\n\n"), 0, 0)
                           .replace(u'\n', QLatin1String(" + ")));
    const QVariant value = index.data(sortRole);
    const int type = value.typeId();
    if (type != QMetaType::Double && type != QMetaType::LongLong && type != QMetaType::ULongLong
        && type != QMetaType::Int && type != QMetaType::Bool)
        return csvText(index.data().toString());
    const double number = value.toDouble();
    return std::isfinite(number) ? csvNumber(number) : QString();
}

} // namespace

QString modelCsv(const QAbstractItemModel& model, int sortRole, int nameColumn)
{
    const auto line = [&model](const auto& fieldOf) {
        QStringList fields;
        for (int column = 0; column < model.columnCount(); ++column)
            fields << fieldOf(column);
        return fields.join(u',') + u'\n';
    };
    QString text
        = line([&](int column) { return csvText(model.headerData(column, Qt::Horizontal).toString()); });
    for (int row = 0; row < model.rowCount(); ++row)
        text += line(
            [&](int column) { return field(model.index(row, column), sortRole, column == nameColumn); });
    return text;
}

} // namespace bitwright::views
