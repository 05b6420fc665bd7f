#include "app/gui/view_choices.h"

#include "app/gui/capture.h"
#include "app/gui/main_window.h"

#include <QComboBox>

namespace bitwright::gui {

using namespace views;

namespace {

const QString kMeasure = QStringLiteral("measure"), kCriterion = QStringLiteral("criterion");

QString text(std::string_view ascii)
{
    return QString::fromLatin1(ascii.data(), static_cast<qsizetype>(ascii.size()));
}

QStringList scoreWords()
{
    QStringList words;
    for (const auto kind : score::allScores())
        words << text(score::scoreId(kind));
    return words;
}

QString notAChoice(const QString& what, const QString& value, const QStringList& words)
{
    return QStringLiteral("There is no %1 \"%2\". Known: %3.")
        .arg(what, value, words.join(QStringLiteral(", ")));
}

/// Pages that have a choice of this name.
QStringList pagesWith(const MainWindow& window, const QString& name)
{
    QStringList pages;
    for (Panel* panel : window.panels())
        for (const ViewChoice& choice : panel->viewChoices())
            if (choice.name == name)
                pages << panel->id();
    return pages;
}

/// Pages that draw what is planned, by predicted harm.
QStringList pagesWithScore()
{
    return {QStringLiteral("overview"), QStringLiteral("sensitivity"), QStringLiteral("pareto"),
        QStringLiteral("difference"), QStringLiteral("harm")};
}

QString wrongPage(const QString& what, const QString& view, const QStringList& pages)
{
    return view.isEmpty() || pages.contains(view.section(u'/', 0, 0))
        ? QString()
        : QStringLiteral("The chart \"%1\" has no %2; these have: %3.")
              .arg(view, what, pages.join(QStringLiteral(", ")));
}

QString unknownWord(const MainWindow& window, const QString& view, const QString& name, const QString& value)
{
    if (value.isEmpty())
        return {};
    if (const QString wrong = wrongPage(name, view, pagesWith(window, name)); !wrong.isEmpty())
        return wrong;
    for (Panel* panel : window.panels())
        for (const ViewChoice& choice : panel->viewChoices())
            if (choice.name == name && !choice.words.contains(value))
                return notAChoice(name, value, choice.words);
    return {};
}

void choose(MainWindow& window, const QString& name, const QString& value)
{
    for (Panel* panel : window.panels())
        for (const ViewChoice& choice : panel->viewChoices())
            if (choice.name == name && choice.words.contains(value))
                choice.box->setCurrentIndex(static_cast<int>(choice.words.indexOf(value)));
}

QString chooseChannel(MainWindow& window, const QString& value)
{
    Document& document = window.document();
    const auto* dump = document.workspace()->dump();
    const int site = document.selection().site();
    if (dump == nullptr || site < 0)
        return QStringLiteral("There is no channel %1: no activations of the selected tensor are known.")
            .arg(value);
    const auto channels = dump->sites()[static_cast<std::size_t>(site)].channels;
    const int channel = value.toInt();
    if (static_cast<std::uint64_t>(channel) >= channels)
        return QStringLiteral("There is no channel %1. Known: 0 to %2.").arg(value).arg(channels - 1);
    document.selectSite(site, channel);
    return {};
}

QString chooseScore(MainWindow& window, const QString& value)
{
    Document& document = window.document();
    const auto kind = score::scoreFromId(value.toStdString());
    if (!kind)
        return notAChoice(QStringLiteral("score"), value, scoreWords());
    PlanSettings settings = document.settings();
    settings.score = *kind;
    document.setSettings(settings);
    if (const QString failure = waitForWork(window); !failure.isEmpty())
        return failure;
    return document.settings().score == *kind ? QString() : window.lastMessage();
}

} // namespace

QString unknownChoice(const MainWindow& window, const QString& view, const ViewChoices& choices)
{
    for (const auto& [name, value] :
        {std::pair(kMeasure, choices.measure), std::pair(kCriterion, choices.criterion)})
        if (const QString unknown = unknownWord(window, view, name, value); !unknown.isEmpty())
            return unknown;
    if (!choices.score.isEmpty()) {
        if (const QString wrong = wrongPage(QStringLiteral("score"), view, pagesWithScore());
            !wrong.isEmpty())
            return wrong;
        if (!scoreWords().contains(choices.score))
            return notAChoice(QStringLiteral("score"), choices.score, scoreWords());
    }
    if (choices.channel.isEmpty())
        return {};
    if (const QString wrong = wrongPage(QStringLiteral("channel"), view, pagesWith(window, kMeasure));
        !wrong.isEmpty())
        return wrong;
    bool isNumber = false;
    return choices.channel.toInt(&isNumber) >= 0 && isNumber
        ? QString()
        : QStringLiteral("--channel takes a number from 0, not \"%1\".").arg(choices.channel);
}

QString makeChoices(MainWindow& window, const ViewChoices& choices)
{
    choose(window, kMeasure, choices.measure);
    choose(window, kCriterion, choices.criterion);
    if (!choices.channel.isEmpty())
        if (const QString failure = chooseChannel(window, choices.channel); !failure.isEmpty())
            return failure;
    if (!choices.score.isEmpty())
        if (const QString failure = chooseScore(window, choices.score); !failure.isEmpty())
            return failure;
    return waitForWork(window);
}

} // namespace bitwright::gui
