#pragma once

// Work of the window that takes long enough to be stopped in the middle.
#include "tests/support/large_model.h"
#include "tests/support/shown_window.h"
#include "views/models/harm_run.h"
#include "views/models/recording.h"
#include "views/models/refine_run.h"
#include "views/panels/export_panel.h"

#include <QPushButton>
#include <QTemporaryDir>

#include <memory>

namespace bitwright::test {

/// Presses the button of the export as soon as it can be pressed; false when it never can.
inline bool pressExport(ShownWindow& window, const QString& folder)
{
    window->showPerspective(QStringLiteral("export"));
    auto* panel = window.panel<views::ExportPanel>("export");
    panel->setFolder(folder);
    for (auto* button : panel->findChildren<QPushButton*>()) {
        if (QString(button->text()).remove(u'&') != QStringLiteral("Export"))
            continue;
        if (!QTest::qWaitFor([button] { return button->isEnabled(); }, 30000))
            return false;
        button->click();
        return true;
    }
    return false;
}

/// One window in which one such work begins. Works: "scan" "score" "measure" "record" "refine" "export".
class LongWork
{
public:
    static QStringList all()
    {
        return {QStringLiteral("scan"), QStringLiteral("score"), QStringLiteral("measure"),
            QStringLiteral("record"), QStringLiteral("refine"), QStringLiteral("export")};
    }

    /// Writes into `folder`: the model before, dumps and exports while it works.
    explicit LongWork(const QString& folder)
        : m_folder(folder)
        , m_harm(window.document(), window->jobs())
        , m_refine(window.document(), window->jobs())
        , m_recording(window.document(), window->jobs())
    { }

    /// Begins it and returns its job after a moment of work; nullptr when there is none, or it has ended.
    views::Job* begin(const QString& work)
    {
        const QString large = m_folder + QStringLiteral("/large.safetensors");
        if (!writeLargeModel(large.toStdString()))
            return nullptr;
        const bool runs = work == QLatin1String("measure") || work == QLatin1String("record")
            || work == QLatin1String("refine");
        const QStringList inputs = runs ? QStringList{kSample, kSampleDump} : QStringList{large};
        if (work == QLatin1String("scan"))
            window->openPaths(inputs);
        else if (!window.open(inputs).isEmpty())
            return nullptr;
        return start(work) ? working(titleOf(work)) : nullptr;
    }

    ShownWindow window;

private:
    static QString titleOf(const QString& work)
    {
        static const QStringList titles{QStringLiteral("Scan weights"), QStringLiteral("Score options"),
            QStringLiteral("Measure"), QStringLiteral("Record"), QStringLiteral("Refine"),
            QStringLiteral("Export")};
        return titles.value(all().indexOf(work));
    }
    bool start(const QString& work)
    {
        views::Document& document = window.document();
        if (work == QLatin1String("score")) {
            views::PlanSettings settings = document.settings();
            settings.method = quant::Method::ClipSearch;
            document.setSettings(settings);
        } else if (work == QLatin1String("measure")) {
            m_harm.start({views::HarmRun::What::Everything, {}});
        } else if (work == QLatin1String("record")) {
            m_recording.start({{}, 100'000, true, true, m_folder + QStringLiteral("/dump.h5")});
        } else if (work == QLatin1String("refine")) {
            m_refine.start({});
        } else if (work == QLatin1String("export")) {
            return pressExport(window, m_folder + QStringLiteral("/out"));
        }
        return true;
    }
    views::Job* working(const QString& title)
    {
        views::JobQueue& jobs = window->jobs();
        views::Job* found = nullptr;
        const auto runs = [&] {
            for (int row = 0; row < jobs.rowCount(); ++row)
                if (jobs.jobAt(row)->title().startsWith(title)
                    && jobs.jobAt(row)->state() == views::Job::State::Running)
                    found = jobs.jobAt(row);
            return found != nullptr;
        };
        if (!QTest::qWaitFor(runs, 30000))
            return nullptr;
        QTest::qWait(150);
        return found->isOver() ? nullptr : found;
    }

    QString m_folder;
    views::HarmRun m_harm;
    views::RefineRun m_refine;
    views::Recording m_recording;
};

} // namespace bitwright::test
