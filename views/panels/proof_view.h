#pragma once

#include "views/charts/palette.h"
#include "views/models/proof_table.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace bitwright::views {

/// What an export wrote, unit by unit: sortable, filterable, copyable; and what nobody checked.
class ProofView : public QWidget
{
    Q_OBJECT

public:
    explicit ProofView(QWidget* parent = nullptr);
    void applyTheme(const Theme& theme);
    void clear();
    void add(const exporting::TensorProof& proof) { m_table->add(proof); }
    void setProofs(const std::vector<exporting::TensorProof>& proofs);
    /// What was not checked; findings that belong to no unit go in front of it.
    void setRemarks(const QStringList& problems, const QStringList& unchecked);
    /// Folder of the button "Open folder"; empty disables it.
    void setFolder(const QString& folder);
    [[nodiscard]] const ProofTable& table() const { return *m_table; }
    [[nodiscard]] QTableView* view() const { return m_view; }
    [[nodiscard]] QString remarks() const;
    /// The report as Markdown: verdict, numbers, remarks, every unit.
    [[nodiscard]] QString report(const QString& heading) const;

Q_SIGNALS:
    void unitActivated(const QString& unit);
    void copyReportRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void createControls();
    void createTable();
    void updateCount();

    ProofTable* m_table;
    ProofFilter* m_filter;
    QLineEdit* m_text;
    QComboBox* m_kind;
    QLabel* m_count;
    QPushButton* m_copyCsv;
    QPushButton* m_copyReport;
    QPushButton* m_openFolder;
    QTableView* m_view;
    QLabel* m_remarks;
    QString m_folder;
    QStringList m_problems, m_unchecked;
    Theme m_theme;
};

} // namespace bitwright::views
