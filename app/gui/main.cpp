#include "app/gui/capture.h"
#include "app/gui/language.h"
#include "app/gui/main_window.h"
#include "app/gui/scale.h"
#include "app/gui/view_choices.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLocale>
#include <QSettings>
#include <QTimer>

#include <cstdio>
#include <cstring>

namespace {

using namespace bitwright::gui;

enum ExitCode
{
    kDone = 0,
    kUsage = 2,
    kBadInput = 3,
    kCannotWrite = 4,
};

int failWith(const QString& message, int code)
{
    std::fprintf(stderr, "bitwright: %s\n", message.toLocal8Bit().constData());
    return code;
}

void addOptions(QCommandLineParser& parser)
{
    parser.setApplicationDescription(QStringLiteral("See and place the bits of neural networks"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {QStringLiteral("capture"),
            QStringLiteral(
                "Open the inputs, wait for all work, write one picture per view into DIR and exit."),
            QStringLiteral("DIR")},
        {QStringLiteral("render"), QStringLiteral("Open the inputs, write one chart to --output and exit."),
            QStringLiteral("VIEW")},
        {QStringLiteral("tensor"),
            QStringLiteral("Tensor that --capture and --render show: its name, or a part that is its own."),
            QStringLiteral("NAME")},
        {QStringLiteral("measure"),
            QStringLiteral("Measure of the outlier map: max, rms, kurtosis or share."),
            QStringLiteral("NAME")},
        {QStringLiteral("criterion"),
            QStringLiteral(
                "Criterion over the outlier map: none, int8-joint, int8-separate, inf-norm, kurtosis, "
                "osp-kurtosis or crossquant."),
            QStringLiteral("NAME")},
        {QStringLiteral("channel"), QStringLiteral("Channel of the outlier map and its trace, from 0."),
            QStringLiteral("N")},
        {QStringLiteral("score"),
            QStringLiteral("Score that predicts harm in what is drawn, for example act-gram."),
            QStringLiteral("NAME")},
        {QStringLiteral("output"), QStringLiteral("File of --render: .svg, .pdf or .png."),
            QStringLiteral("FILE")},
        {QStringLiteral("language"), QStringLiteral("en or de; that of the system otherwise."),
            QStringLiteral("CODE")},
        {QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("NAME")},
        {QStringLiteral("scale"),
            QStringLiteral(
                "Size of everything in percent, for example 200; pictures have as many more dots."),
            QStringLiteral("PERCENT")},
        {QStringLiteral("size"), QStringLiteral("Size of the window or chart, for example 1600x1000."),
            QStringLiteral("WxH")},
    });
    parser.addPositionalArgument(QStringLiteral("INPUT"),
        QStringLiteral("A model, a project, activation dumps."), QStringLiteral("[INPUT...]"));
}

/// "1600x1000"; an invalid size when the text is anything else.
QSize parseSize(const QString& text)
{
    const QStringList sides = text.split(QLatin1Char('x'));
    bool widthOk = false, heightOk = false;
    const int width = sides.value(0).toInt(&widthOk);
    const int height = sides.value(1).toInt(&heightOk);
    if (sides.size() != 2 || !widthOk || !heightOk || width < 200 || height < 150 || width > 16384
        || height > 16384)
        return {};
    return {width, height};
}

/// Drops one line that the offscreen platform prints for every window it is told to resize; everything else
/// is printed as usual.
void printUnlessNoise(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    if (message.contains(QLatin1String("propagateSizeHints")))
        return;
    std::fprintf(stderr, "%s\n", qFormatLogMessage(type, context, message).toLocal8Bit().constData());
}

/// Whether only --help or --version is asked for, which must work without a display.
bool needsNoDisplay(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        for (const char* word : {"--help", "-h", "--help-all", "--version", "-v"}) {
            if (std::strcmp(argv[i], word) == 0)
                return true;
        }
    }
    return false;
}

/// The value of --scale, which has to be known before there is an application to parse options with.
QString scaleOption(int argc, char** argv)
{
    const QString name = QStringLiteral("--scale");
    for (int i = 1; i < argc; ++i) {
        const QString word = QString::fromLocal8Bit(argv[i]);
        if (word == name)
            return i + 1 < argc ? QString::fromLocal8Bit(argv[i + 1]) : QString();
        if (word.startsWith(name + QLatin1Char('=')))
            return word.mid(name.size() + 1);
    }
    return {};
}

/// Whether pictures are written and nothing is shown: then nothing of the settings counts.
bool isScripted(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i)
        for (const char* word : {"--capture", "--render"})
            if (std::strncmp(argv[i], word, std::strlen(word)) == 0)
                return true;
    return false;
}

int runScripted(MainWindow& window, const QCommandLineParser& parser, QSize size)
{
    const QStringList inputs = parser.positionalArguments();
    if (inputs.isEmpty())
        return failWith(QStringLiteral("Name a model or a project to open."), kUsage);
    const bool capture = parser.isSet(QStringLiteral("capture"));
    if (!capture && !parser.isSet(QStringLiteral("output")))
        return failWith(QStringLiteral("--render needs --output FILE."), kUsage);
    const QString view = parser.value(QStringLiteral("render"));
    if (!capture)
        if (const QString unknown = unknownView(window, view); !unknown.isEmpty())
            return failWith(unknown, kUsage);
    const ViewChoices choices{parser.value(QStringLiteral("measure")),
        parser.value(QStringLiteral("criterion")), parser.value(QStringLiteral("channel")),
        parser.value(QStringLiteral("score"))};
    if (const QString unknown = unknownChoice(window, view, choices); !unknown.isEmpty())
        return failWith(unknown, kUsage);
    window.resize(capture && size.isValid() ? size : QSize(1440, 900));
    window.show();
    window.openPaths(inputs);
    if (const QString failure = waitForWork(window); !failure.isEmpty())
        return failWith(failure, kBadInput);
    selectTelling(window);
    if (parser.isSet(QStringLiteral("tensor")))
        if (const QString unknown = selectNamed(window, parser.value(QStringLiteral("tensor")));
            !unknown.isEmpty())
            return failWith(unknown, kUsage);
    if (const QString unknown = makeChoices(window, choices); !unknown.isEmpty())
        return failWith(unknown, kUsage);
    const QString failure = capture ? captureViews(window, parser.value(QStringLiteral("capture")))
                                    : renderView(window, view, parser.value(QStringLiteral("output")),
                                        size.isValid() ? size : QSize(1200, 800));
    return failure.isEmpty() ? kDone : failWith(failure, kCannotWrite);
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication::setOrganizationName(QStringLiteral("bitwright"));
    QCoreApplication::setApplicationName(QStringLiteral("bitwright"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BITWRIGHT_VERSION));
    qInstallMessageHandler(printUnlessNoise);
    QCommandLineParser parser;
    addOptions(parser);
    if (needsNoDisplay(argc, argv)) {
        const QCoreApplication application(argc, argv);
        parser.process(application);
    }
    const QString scale = scaleOption(argc, argv);
    applyScale(!scale.isEmpty() ? scaleFromText(scale) : isScripted(argc, argv) ? 0 : chosenScale());
    QApplication application(argc, argv);
    QApplication::setDesktopFileName(QStringLiteral("bitwright"));
    parser.process(application);
    const QSize size = parseSize(parser.value(QStringLiteral("size")));
    if (parser.isSet(QStringLiteral("size")) && !size.isValid())
        return failWith(QStringLiteral("--size takes WIDTHxHEIGHT, for example 1600x1000."), kUsage);

    if (parser.isSet(QStringLiteral("scale")) && scaleFromText(scale) == 0)
        return failWith(
            QStringLiteral("--scale takes a percentage from 50 to 400, for example 200."), kUsage);

    const QString language = parser.value(QStringLiteral("language"));
    if (!language.isEmpty() && !languages().contains(language))
        return failWith(
            QStringLiteral("--language takes one of: %1.").arg(languages().join(QStringLiteral(", "))),
            kUsage);

    const bool scripted = parser.isSet(QStringLiteral("capture")) || parser.isSet(QStringLiteral("render"));
    MainWindow::Options options;
    options.keepSettings = !scripted;
    options.automaticProject = !scripted;
    options.onlyLook = scripted;
    options.appearance
        = appearanceFromName(parser.isSet(QStringLiteral("theme")) ? parser.value(QStringLiteral("theme"))
                : scripted                                         ? QStringLiteral("light")
                           : QSettings().value(QStringLiteral("window/appearance")).toString());
    installLanguage(languageFor(language.isEmpty() && !scripted
            ? QSettings().value(QStringLiteral("window/language")).toString()
            : language,
        QLocale::system().uiLanguages()));
    MainWindow window(options);
    if (scripted)
        return runScripted(window, parser, size);
    if (size.isValid())
        window.resize(size);
    window.show();
    const QStringList inputs = parser.positionalArguments();
    if (!inputs.isEmpty())
        QTimer::singleShot(0, &window, [&window, inputs] { window.openPaths(inputs); });
    return QApplication::exec();
}
