#pragma once

// Steps of journeys by mouse and keys, shared by the tests that walk them.

#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/panels/export_panel.h"

#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace bitwright::test {

/// What the environment says, or else.
inline QString given(const char* variable, const QString& otherwise)
{
    const QString text = qEnvironmentVariable(variable);
    return text.isEmpty() ? otherwise : text;
}

/// Bits of a unit in the plan; 16 where it is kept.
inline int bitsOf(const views::Document& document, int unit)
{
    const auto& grid = document.space()->options()[document.choice()[static_cast<std::size_t>(unit)]].grid;
    return grid ? grid->bits : 16;
}

/// As many tied groups as asked for where this option takes away most harm per byte; one unit stands for
/// each.
inline std::vector<int> bestToRaise(const views::Document& document, const char* option, std::size_t most)
{
    const auto& space = *document.space();
    const auto best = space.optionIndex(option);
    if (!best)
        return {};
    std::vector<std::vector<std::size_t>> groups;
    std::vector<bool> tied(space.units().size(), false);
    for (const auto& tie : space.tiesOf(document.plan())) {
        groups.push_back(tie.units);
        for (const std::size_t unit : tie.units)
            tied[unit] = true;
    }
    for (std::size_t unit = 0; unit < tied.size(); ++unit)
        if (!tied[unit])
            groups.push_back({unit});
    std::vector<std::pair<double, int>> gains; // descending harm per byte
    for (const auto& group : groups) {
        double harm = 0, bytes = 0;
        for (const std::size_t unit : group) {
            const auto& now = space.cell(unit, document.choice()[unit]);
            const auto& then = space.cell(unit, *best);
            harm += now.score.value_or(0) - then.score.value_or(0);
            bytes += static_cast<double>(then.resolved.bytes) - static_cast<double>(now.resolved.bytes);
        }
        if (bytes > 0 && space.cell(group.front(), *best).legal)
            gains.emplace_back(-harm / bytes, static_cast<int>(group.front()));
    }
    std::sort(gains.begin(), gains.end());
    std::vector<int> units;
    for (std::size_t i = 0; i < std::min(gains.size(), most); ++i)
        units.push_back(gains[i].second);
    return units;
}

/// Brings the cell into view as a wheel or scroll bar would, and clicks it.
inline void clickCell(views::BlockRoleMatrix& matrix, int unit)
{
    const QRectF cell = matrix.unitRect(unit);
    const QRect view = matrix.viewport()->rect();
    if (cell.bottom() > view.bottom() || cell.top() < view.height() / 4.0)
        matrix.verticalScrollBar()->setValue(matrix.verticalScrollBar()->value()
            + static_cast<int>(std::lround(cell.center().y() - view.center().y())));
    QTest::mouseClick(matrix.viewport(), Qt::LeftButton, {}, matrix.unitRect(unit).center().toPoint());
}

/// Clicks "Export" and waits; returns what the page says then.
inline QString exportAndWait(views::ExportPanel& page)
{
    for (auto* button : page.findChildren<QPushButton*>())
        if (QString(button->text()).remove(QLatin1Char('&')) == QLatin1String("Export")
            && button->isEnabled()) {
            QSignalSpy finished(&page, &views::ExportPanel::finished);
            QTest::mouseClick(button, Qt::LeftButton);
            constexpr int kLongest = 600'000;
            if (finished.count() == 0)
                (void)finished.wait(kLongest);
            return page.verdict();
        }
    return QStringLiteral("There is nothing to click.");
}

} // namespace bitwright::test
