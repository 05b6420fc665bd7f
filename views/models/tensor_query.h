#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::views {

/// What a filter asks of one tensor. Texts are lower case UTF-8.
struct QueryTensor
{
    std::string text; ///< Name, role and dtype: what a plain word is looked for in.
    QString name; ///< For regular expressions.
    std::string role;
    std::string dtype;
    std::optional<int> block;
    std::uint64_t bytes = 0;
    std::uint64_t parameters = 0;
};
/// What changes while the window is open.
struct QueryState
{
    double bits = 0; ///< Of the plan; NaN when it is not planned or not known.
    bool locked = false, tied = false, fallback = false, planned = false, nonFinite = false, failed = false;
};

/// A filter over tensors: terms that must all hold.
///
///     words          text of the name, role or dtype       mlp down
///     /pattern/      regular expression over the name      /layers\.(3|5)\./
///     role: dtype:   text of one field                     role:down dtype:bf16
///     size params    compare, with K M G                   size>1M params<=100K
///     bits           of the plan                           bits<=4
///     block:         number or range                       block:3-7
///     is:            locked tied fallback planned kept nan failed
///     -term          excludes                              -is:locked -norm
///
/// "and" between terms may be written. Sizes count in binary units, parameters in powers of 1000.
class TensorQuery
{
public:
    TensorQuery() = default;
    [[nodiscard]] static TensorQuery parse(const QString& text);

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    /// What is wrong with the text, translated; empty when nothing is. Terms that make no sense match
    /// nothing.
    [[nodiscard]] const QString& problem() const { return m_problem; }
    [[nodiscard]] bool matches(const QueryTensor& tensor, const QueryState& state) const;
    /// Whether the answer may change with the plan or a scan.
    [[nodiscard]] bool dependsOnState() const { return m_dependsOnState; }
    /// Beginnings of terms that complete `prefix` (the text up to the cursor's end of the last term).
    [[nodiscard]] static QStringList completions(
        const QString& prefix, const QStringList& roles, const QStringList& dtypes);
    /// The syntax for people, as HTML.
    [[nodiscard]] static QString help();

private:
    using Test = std::function<bool(const QueryTensor&, const QueryState&)>;
    struct Term
    {
        bool excludes = false;
        Test test;
    };
    [[nodiscard]] Test testOf(const QString& term);
    [[nodiscard]] Test comparison(const QString& field, const QString& relation, const QString& number);
    [[nodiscard]] Test blockTest(const QString& range);
    [[nodiscard]] Test stateTest(const QString& word);
    void complain(const QString& problem);

    std::vector<Term> m_terms;
    QString m_problem;
    bool m_dependsOnState = false;
};

} // namespace bitwright::views
