#pragma once

#include <QString>

class QAbstractItemModel;

namespace bitwright::views {

/// The shown rows of a table as CSV. Where the sort role holds a number it is written with every digit, an
/// infinite one (unknown) as nothing; other fields as they read, except those of column `nameColumn`, whose
/// tooltip is the full name, up to an empty line: a file outlives the window's tooltips.
[[nodiscard]] QString modelCsv(const QAbstractItemModel& model, int sortRole, int nameColumn = -1);

} // namespace bitwright::views
