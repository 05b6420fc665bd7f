#include "views/charts/chart_surface.h"

#include "views/charts/ask_file.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QFontMetricsF>
#include <QImage>
#include <QMessageBox>
#include <QMimeData>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgGenerator>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr int kCaptionMargin = 10;

QStringList captionLines(const ChartCaption& caption)
{
    QStringList lines;
    for (const QString& line : {caption.title, caption.source, caption.statistic, caption.provenance})
        if (!line.isEmpty())
            lines << line;
    return lines;
}
QFont captionFont(const QFont& base, bool title)
{
    QFont font = base;
    font.setBold(title);
    return font;
}
constexpr int kWrap = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;
} // namespace

QString ChartCaption::footnote() const
{
    QStringList parts;
    for (const QString& part : {statistic, provenance, source})
        if (!part.isEmpty())
            parts << part;
    return parts.join(QStringLiteral(" \u00b7 "));
}

namespace {
/// Broken into at most `most` lines, the last elided.
QStringList brokenInto(QString rest, const QFontMetricsF& metrics, double width, int most)
{
    QStringList lines;
    while (!rest.isEmpty()) {
        if (lines.size() + 1 >= most || metrics.horizontalAdvance(rest) <= width) {
            lines << metrics.elidedText(rest, Qt::ElideRight, width);
            break;
        }
        qsizetype end = 0; // of the words that fit
        for (qsizetype space = rest.indexOf(u' '); space > 0; space = rest.indexOf(u' ', space + 1)) {
            if (metrics.horizontalAdvance(rest.left(space)) > width)
                break;
            end = space;
        }
        if (end == 0) { // one word alone is too long
            lines << metrics.elidedText(rest, Qt::ElideRight, width);
            break;
        }
        // What parts two items does not stand at the end or the beginning of a line.
        const auto isMark = [](QChar c) { return c == u'\u00b7' || c == u' '; };
        QString line = rest.left(end);
        while (!line.isEmpty() && isMark(line.back()))
            line.chop(1);
        lines << line;
        rest = rest.mid(end + 1);
        while (!rest.isEmpty() && isMark(rest.front()))
            rest.remove(0, 1);
    }
    return lines;
}

bool isCut(const QStringList& lines)
{
    return !lines.isEmpty() && lines.back().endsWith(QChar(0x2026));
}
} // namespace

QStringList ChartCaption::footnoteLines(const QFontMetricsF& metrics, double width, int most) const
{
    const QStringList lines = brokenInto(footnote(), metrics, width, most);
    if (!briefProvenance.isEmpty() && isCut(lines)) {
        static const QRegularExpression brackets(QStringLiteral(" \\([^()]*\\)"));
        ChartCaption brief = *this;
        for (const QString& how : {QString(provenance).remove(brackets), briefProvenance}) {
            brief.provenance = how;
            const QStringList fewer = brokenInto(brief.footnote(), metrics, width, most);
            if (!isCut(fewer) || how == briefProvenance)
                return fewer;
        }
    }
    // Where a number comes from is the last thing to be cut: rather without what the chart itself shows.
    if (provenance.isEmpty() || lines.join(u' ').contains(provenance))
        return lines;
    ChartCaption shorter = *this;
    shorter.statistic.clear();
    const QStringList fewer = brokenInto(shorter.footnote(), metrics, width, most);
    return fewer.join(u' ').contains(provenance)
        ? fewer
        : brokenInto(provenance, metrics, width, most > 1 ? most + 1 : most);
}

ChartSurface::~ChartSurface() = default;

void ChartSurface::setCaption(const ChartCaption& caption)
{
    m_caption = caption;
    QWidget* widget = surfaceWidget();
    widget->setAccessibleName(caption.title);
    widget->setAccessibleDescription(caption.footnote());
}

int ChartSurface::captionHeight(int width) const
{
    const QStringList lines = captionLines(m_caption);
    if (lines.isEmpty())
        return 0;
    double height = kCaptionMargin;
    const QFont base = QApplication::font();
    for (const QString& line : lines) {
        const QFontMetricsF metrics(captionFont(base, line == m_caption.title));
        height
            += metrics.boundingRect(QRectF(0, 0, width - 2 * kCaptionMargin, 1e4), kWrap, line).height() + 2;
    }
    return static_cast<int>(std::ceil(height)) + kCaptionMargin;
}

void ChartSurface::renderPage(QPainter& painter, QSize size, int captionHeight)
{
    painter.fillRect(QRect(QPoint(0, 0), size), theme().background);
    const QSize chart(size.width(), size.height() - captionHeight);
    painter.save();
    renderTo(painter, chart);
    painter.restore();
    double y = chart.height() + kCaptionMargin / 2.0;
    const QFont base = QApplication::font();
    for (const QString& line : captionLines(m_caption)) {
        const bool isTitle = line == m_caption.title;
        painter.setFont(captionFont(base, isTitle));
        painter.setPen(isTitle ? theme().foreground : theme().muted);
        QRectF used;
        painter.drawText(
            QRectF(kCaptionMargin, y, size.width() - 2 * kCaptionMargin, 1e4), kWrap, line, &used);
        y += used.height() + 2;
    }
}

bool ChartSurface::saveTo(const QString& path, QSize size, QString* error)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const int caption = captionHeight(size.width());
    const QSize page(size.width(), size.height() + caption);
    bool ok = false;
    if (suffix == u"svg") {
        QSvgGenerator svg;
        svg.setFileName(path);
        svg.setSize(page);
        svg.setViewBox(QRect(QPoint(0, 0), page));
        svg.setTitle(m_caption.title);
        svg.setDescription(m_caption.footnote());
        QPainter painter;
        if (painter.begin(&svg)) {
            renderPage(painter, page, caption);
            ok = painter.end() && QFileInfo(path).size() > 0;
        }
    } else if (suffix == u"pdf") {
        QPdfWriter pdf(path);
        pdf.setTitle(m_caption.title);
        pdf.setPageMargins(QMarginsF(0, 0, 0, 0));
        constexpr double kPointsPerPixel = 0.75;
        pdf.setPageSize(
            QPageSize(QSizeF(page) * kPointsPerPixel, QPageSize::Point, {}, QPageSize::ExactMatch));
        pdf.setResolution(96);
        QPainter painter;
        if (painter.begin(&pdf)) {
            renderPage(painter, page, caption);
            ok = painter.end();
        }
    } else {
        constexpr double kScale = 2;
        QImage image(page * kScale, QImage::Format_RGB32);
        image.setDevicePixelRatio(kScale);
        QPainter painter(&image);
        renderPage(painter, page, caption);
        painter.end();
        ok = image.save(path);
    }
    if (!ok && error)
        *error = QCoreApplication::translate("ChartSurface", "The picture could not be written to %1.")
                     .arg(path);
    return ok;
}

void ChartSurface::copyPicture()
{
    // A chart in a narrow or hidden place is copied large enough to be read.
    const QSize size = surfaceWidget()->size().expandedTo({320, 240});
    const int caption = captionHeight(size.width());
    const QSize page(size.width(), size.height() + caption);
    constexpr double kScale = 2;
    QImage image(page * kScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kScale);
    QPainter painter(&image);
    renderPage(painter, page, caption);
    painter.end();
    QApplication::clipboard()->setImage(image);
}

void ChartSurface::copyData()
{
    auto* mime = new QMimeData;
    mime->setText(csv());
    mime->setData(QStringLiteral("text/csv"), csv().toUtf8());
    QApplication::clipboard()->setMimeData(mime);
}

void ChartSurface::exportInteractively()
{
    QWidget* widget = surfaceWidget();
    const QString title = QCoreApplication::translate("ChartSurface", "Export picture");
    askFile(widget,
        {FileQuestion::Kind::Save, QStringLiteral("exportPicture"), title,
            QCoreApplication::translate("ChartSurface", "Pictures (*.svg *.pdf *.png)"), {},
            QStringLiteral("svg")},
        [this, widget, title](const QString& path) {
            QString error;
            if (saveTo(path, widget->size(), &error))
                return;
            auto* box = new QMessageBox(QMessageBox::Warning, title, error, QMessageBox::Ok, widget);
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open();
        });
}

} // namespace bitwright::views
