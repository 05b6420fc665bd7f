#include "views/panels/chart_data.h"

#include "views/charts/chart_math.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

QString roleLabel(model::Role role)
{
    using model::Role;
    switch (role) {
    case Role::Embedding:
        return tr("embed");
    case Role::PositionEmbedding:
        return tr("pos");
    case Role::TypeEmbedding:
        return tr("type");
    case Role::PatchEmbedding:
        return tr("patch");
    case Role::Output:
        return tr("head");
    case Role::Query:
        return QStringLiteral("q");
    case Role::Key:
        return QStringLiteral("k");
    case Role::Value:
        return QStringLiteral("v");
    case Role::QueryKeyValue:
        return QStringLiteral("qkv");
    case Role::QueryA:
        return QStringLiteral("q a");
    case Role::QueryB:
        return QStringLiteral("q b");
    case Role::KeyValueA:
        return QStringLiteral("kv a");
    case Role::KeyValueB:
        return QStringLiteral("kv b");
    case Role::AttentionOutput:
        return QStringLiteral("o");
    case Role::Gate:
        return tr("gate");
    case Role::Up:
        return tr("up");
    case Role::GateUp:
        return tr("gate up");
    case Role::Down:
        return tr("down");
    case Role::Router:
        return tr("router");
    case Role::SharedGate:
        return tr("sh. gate");
    case Role::Pooler:
        return tr("pooler");
    case Role::Classifier:
        return tr("class");
    case Role::Norm:
        return tr("norm");
    case Role::Bias:
        return tr("bias");
    case Role::Scale:
        return tr("scale");
    case Role::Other:
        return tr("other");
    }
    return {};
}

QString roleDescription(model::Role role)
{
    const auto word = model::roleName(role);
    return QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
}

QString roleInWords(model::Role role)
{
    const QString label = roleLabel(role), word = roleDescription(role);
    return label == word ? label : QStringLiteral("%1 (%2)").arg(label, word);
}

QString roleGroup(model::Role role)
{
    switch (model::sublayerOf(role)) {
    case model::Sublayer::Attention:
        return tr("attention");
    case model::Sublayer::Mlp:
        return tr("mlp");
    case model::Sublayer::None:
        break;
    }
    return {};
}

QString sourceText(const Document& document)
{
    if (!document.isOpen())
        return {};
    QString text = document.title();
    if (const auto* dump = document.workspace()->dump(); dump != nullptr)
        text += tr("; text: %1, %2 tokens")
                    .arg(display(dump->dataset()), formatCount(static_cast<std::int64_t>(dump->tokens())));
    return text;
}

QVector<int> extendedUnits(QVector<int> units, const QVector<int>& meant, bool toggles)
{
    QVector<int> sorted = meant;
    std::sort(sorted.begin(), sorted.end());
    const bool inside = !sorted.isEmpty()
        && std::includes(units.constBegin(), units.constEnd(), sorted.constBegin(), sorted.constEnd());
    if (toggles && inside) {
        units.removeIf([&](int unit) { return std::binary_search(sorted.begin(), sorted.end(), unit); });
        return units;
    }
    QVector<int> all;
    std::set_union(units.begin(), units.end(), sorted.begin(), sorted.end(), std::back_inserter(all));
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

} // namespace bitwright::views
