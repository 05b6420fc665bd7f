#include "views/models/tensor_query.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("TensorQuery", text);
}

/// Terms are separated by spaces; a regular expression between slashes may hold spaces.
QStringList splitTerms(const QString& text)
{
    QStringList terms;
    QString term;
    bool inPattern = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool begins = term.isEmpty() || term == QLatin1String("-");
        if (c == QLatin1Char('/') && (begins || inPattern) && !(i > 0 && text[i - 1] == QLatin1Char('\\')))
            inPattern = !inPattern;
        if (c.isSpace() && !inPattern) {
            if (!term.isEmpty())
                terms.push_back(term);
            term.clear();
            continue;
        }
        term += c;
    }
    if (!term.isEmpty())
        terms.push_back(term);
    return terms;
}

/// "1.5M" with steps of `step` per letter.
std::optional<double> numberOf(QString text, double step)
{
    double factor = 1;
    static const QString kLetters = QStringLiteral("kmgt");
    text = text.toLower();
    if (text.endsWith(QLatin1String("ib")))
        text.chop(2);
    else if (text.endsWith(QLatin1Char('b')))
        text.chop(1);
    if (!text.isEmpty()) {
        if (const auto at = kLetters.indexOf(text.back()); at >= 0) {
            factor = std::pow(step, static_cast<double>(at + 1));
            text.chop(1);
        }
    }
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok && std::isfinite(value) ? std::optional(value * factor) : std::nullopt;
}

bool compares(double value, const QString& relation, double bound)
{
    if (relation == QLatin1String(">"))
        return value > bound;
    if (relation == QLatin1String("<"))
        return value < bound;
    if (relation == QLatin1String(">="))
        return value >= bound;
    if (relation == QLatin1String("<="))
        return value <= bound;
    return value == bound;
}

} // namespace

void TensorQuery::complain(const QString& problem)
{
    if (m_problem.isEmpty())
        m_problem = problem;
}

TensorQuery TensorQuery::parse(const QString& text)
{
    TensorQuery query;
    for (QString term : splitTerms(text)) {
        if (term.compare(QLatin1String("and"), Qt::CaseInsensitive) == 0)
            continue;
        Term parsed;
        parsed.excludes = term.size() > 1 && term.startsWith(QLatin1Char('-'));
        if (parsed.excludes)
            term.remove(0, 1);
        if (term == QLatin1String("-"))
            continue; // being typed
        parsed.test = query.testOf(term);
        query.m_terms.push_back(std::move(parsed));
    }
    return query;
}

TensorQuery::Test TensorQuery::testOf(const QString& term)
{
    const Test nothing = [](const QueryTensor&, const QueryState&) { return false; };
    if (term.startsWith(QLatin1Char('/'))) {
        QString pattern = term.mid(1);
        if (pattern.endsWith(QLatin1Char('/')))
            pattern.chop(1);
        const QRegularExpression expression(pattern, QRegularExpression::CaseInsensitiveOption);
        if (!expression.isValid()) {
            complain(tr("/%1/: %2 at %3.")
                         .arg(pattern, expression.errorString())
                         .arg(expression.patternErrorOffset()));
            return nothing;
        }
        expression.optimize();
        return [expression](const QueryTensor& tensor, const QueryState&) {
            return expression.match(tensor.name).hasMatch();
        };
    }
    static const QRegularExpression kComparison(
        QStringLiteral("^(size|params|bits)(>=|<=|>|<|=)(.*)$"), QRegularExpression::CaseInsensitiveOption);
    if (const auto match = kComparison.match(term); match.hasMatch())
        return comparison(match.captured(1).toLower(), match.captured(2), match.captured(3));
    static const QRegularExpression kField(
        QStringLiteral("^(role|dtype|block|is):(.*)$"), QRegularExpression::CaseInsensitiveOption);
    if (const auto match = kField.match(term); match.hasMatch()) {
        const QString field = match.captured(1).toLower(), value = match.captured(2).toLower();
        if (value.isEmpty())
            return [](const QueryTensor&, const QueryState&) { return true; }; // being typed
        if (field == QLatin1String("block"))
            return blockTest(value);
        if (field == QLatin1String("is"))
            return stateTest(value);
        const std::string wanted = value.toStdString();
        if (field == QLatin1String("role"))
            return [wanted](const QueryTensor& tensor, const QueryState&) {
                return tensor.role.find(wanted) != std::string::npos;
            };
        return [wanted](const QueryTensor& tensor, const QueryState&) {
            return tensor.dtype.find(wanted) != std::string::npos;
        };
    }
    const std::string word = term.toLower().toStdString();
    return [word](const QueryTensor& tensor, const QueryState&) {
        return tensor.text.find(word) != std::string::npos;
    };
}

TensorQuery::Test TensorQuery::comparison(
    const QString& field, const QString& relation, const QString& number)
{
    if (number.isEmpty())
        return [](const QueryTensor&, const QueryState&) { return true; }; // being typed
    const bool size = field == QLatin1String("size");
    const auto bound = numberOf(number, size ? 1024.0 : 1000.0);
    if (!bound) {
        complain(tr("%1%2%3: %3 is no number.").arg(field, relation, number));
        return [](const QueryTensor&, const QueryState&) { return false; };
    }
    if (size)
        return [relation, bound](const QueryTensor& tensor, const QueryState&) {
            return compares(static_cast<double>(tensor.bytes), relation, *bound);
        };
    if (field == QLatin1String("params"))
        return [relation, bound](const QueryTensor& tensor, const QueryState&) {
            return compares(static_cast<double>(tensor.parameters), relation, *bound);
        };
    m_dependsOnState = true;
    // Unknown bits satisfy no comparison. Equality means "about so many": 4.25 stored bits are 4-bit codes.
    return [relation, bound](const QueryTensor&, const QueryState& state) {
        if (std::isnan(state.bits))
            return false;
        return relation == QLatin1String("=") ? std::floor(state.bits) == std::floor(*bound)
                                              : compares(state.bits, relation, *bound);
    };
}

TensorQuery::Test TensorQuery::blockTest(const QString& range)
{
    static const QRegularExpression kRange(QStringLiteral("^(\\d+)(?:(-)(\\d*))?$"));
    const auto match = kRange.match(range);
    if (!match.hasMatch()) {
        complain(tr("block:%1: give a number or a range like 3-7.").arg(range));
        return [](const QueryTensor&, const QueryState&) { return false; };
    }
    const int first = match.captured(1).toInt();
    const bool open = !match.captured(2).isEmpty() && match.captured(3).isEmpty();
    const int last = open             ? std::numeric_limits<int>::max()
        : match.captured(2).isEmpty() ? first
                                      : match.captured(3).toInt();
    return [first, last](const QueryTensor& tensor, const QueryState&) {
        return tensor.block && *tensor.block >= first && *tensor.block <= last;
    };
}

TensorQuery::Test TensorQuery::stateTest(const QString& word)
{
    struct Known
    {
        const char* word;
        bool (*test)(const QueryState&);
    };
    static constexpr Known kKnown[] = {
        {"locked", [](const QueryState& s) { return s.locked; }},
        {"tied", [](const QueryState& s) { return s.tied; }},
        {"fallback", [](const QueryState& s) { return s.fallback; }},
        {"planned", [](const QueryState& s) { return s.planned; }},
        {"kept", [](const QueryState& s) { return !s.planned; }},
        {"nan", [](const QueryState& s) { return s.nonFinite; }},
        {"failed", [](const QueryState& s) { return s.failed; }},
    };
    m_dependsOnState = true;
    for (const Known& known : kKnown) {
        if (QLatin1String(known.word) == word)
            return [test = known.test](const QueryTensor&, const QueryState& state) { return test(state); };
    }
    complain(tr("is:%1 is not known: locked, tied, fallback, planned, kept, nan, failed.").arg(word));
    return [](const QueryTensor&, const QueryState&) { return false; };
}

bool TensorQuery::matches(const QueryTensor& tensor, const QueryState& state) const
{
    for (const Term& term : m_terms) {
        if (term.test(tensor, state) == term.excludes)
            return false;
    }
    return true;
}

QStringList TensorQuery::completions(
    const QString& prefix, const QStringList& roles, const QStringList& dtypes)
{
    const auto cut = prefix.lastIndexOf(QLatin1Char(' ')) + 1;
    QString last = prefix.mid(cut);
    QString before = prefix.left(cut);
    if (last.startsWith(QLatin1Char('-'))) {
        before += QLatin1Char('-');
        last.remove(0, 1);
    }
    QStringList candidates{QStringLiteral("role:"), QStringLiteral("dtype:"), QStringLiteral("size>"),
        QStringLiteral("params>"), QStringLiteral("bits<="), QStringLiteral("block:"), QStringLiteral("is:")};
    for (const QString& role : roles)
        candidates << QStringLiteral("role:") + role;
    for (const QString& dtype : dtypes)
        candidates << QStringLiteral("dtype:") + dtype;
    for (const char* word : {"locked", "tied", "fallback", "planned", "kept", "nan", "failed"})
        candidates << QStringLiteral("is:") + QLatin1String(word);
    QStringList result;
    for (const QString& candidate : candidates)
        if (!last.isEmpty() && candidate.startsWith(last, Qt::CaseInsensitive)
            && candidate.compare(last, Qt::CaseInsensitive) != 0)
            result << before + candidate;
    return result;
}

QString TensorQuery::help()
{
    const auto row = [](const char* term, const QString& meaning) {
        return QStringLiteral("<tr><td style=\"padding-right:14px\"><code>%1</code></td><td>%2</td></tr>")
            .arg(QString::fromUtf8(term).toHtmlEscaped(), meaning);
    };
    return QStringLiteral("<p style=\"margin:0 0 4px 0\">%1</p><table cellspacing=\"0\">")
               .arg(tr("Terms that must all hold; a minus in front excludes."))
        + row("mlp down", tr("words in the name, role or dtype"))
        + row("/layers\\.(3|5)\\./", tr("regular expression over the name"))
        + row("role:down dtype:bf16", tr("one field"))
        + row("size>1M params<=100K", tr("stored bytes (binary), parameters"))
        + row("bits<=4", tr("bits per weight in the plan")) + row("block:3-7", tr("blocks"))
        + row("is:locked", tr("also tied, fallback, planned, kept, nan, failed"))
        + row("-norm -is:locked", tr("without these")) + QStringLiteral("</table>");
}

} // namespace bitwright::views
